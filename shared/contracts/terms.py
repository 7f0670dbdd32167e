"""The scheme's closed lists of words (docs/glossary.md gives each its Chinese term and article)."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a matter comes in (方案 二)."""

    HALL = "HALL"
    YWTB = "YWTB"
    SUISHENBAN = "SUISHENBAN"
    PORTAL_EXIT = "PORTAL_EXIT"
    HOTLINE_12345 = "HOTLINE_12345"
    RATING = "RATING"


class Category(StrEnum):
    """What kind of matter it is (方案 四(三))."""

    CONSULT = "CONSULT"
    SERVICE = "SERVICE"
    COMPLAINT = "COMPLAINT"
    SUGGESTION = "SUGGESTION"


class Grade(StrEnum):
    """How hard the matter is, which gives its limit (方案 四(四))."""

    SIMPLE = "SIMPLE"
    GENERAL = "GENERAL"
    COMPLEX = "COMPLEX"
    SPECIAL = "SPECIAL"


class CaseState(StrEnum):
    """Where a case stands (方案 六)."""

    RECEIVED = "RECEIVED"
    REGISTERED = "REGISTERED"
    TRIAGING = "TRIAGING"
    HANDLING = "HANDLING"
    FEEDBACK_REVIEW = "FEEDBACK_REVIEW"
    FED_BACK = "FED_BACK"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    REJECT_REVIEW = "REJECT_REVIEW"
    REJECTED = "REJECTED"
    TRANSFERRED = "TRANSFERRED"
    MERGED = "MERGED"
    WITHDRAWN = "WITHDRAWN"
    CONSULTATION = "CONSULTATION"


class OrderState(StrEnum):
    """Where one 承办单 stands."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    SIGNED = "SIGNED"
    PROCESSING = "PROCESSING"
    FEEDBACK_SUBMITTED = "FEEDBACK_SUBMITTED"
    ACCEPTED = "ACCEPTED"
    RETURN_REQUESTED = "RETURN_REQUESTED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"


class OrderRole(StrEnum):
    """主办 gathers the answer, 协办 helps."""

    LEAD = "LEAD"
    ASSIST = "ASSIST"


class Result(StrEnum):
    """How a matter was handled (台账「处理结果」)."""

    RESOLVED = "RESOLVED"
    PARTLY_RESOLVED = "PARTLY_RESOLVED"
    EXPLAINED = "EXPLAINED"
    UNRESOLVED = "UNRESOLVED"
    REJECTED = "REJECTED"
    TRANSFERRED = "TRANSFERRED"


class DeadlineKind(StrEnum):
    """What a countdown counts down to."""

    TRIAGE = "TRIAGE"
    ANSWER = "ANSWER"
    SIGN = "SIGN"
    CONTACT = "CONTACT"
    ORDER = "ORDER"
    FOLLOW_UP = "FOLLOW_UP"
    EXPLANATION = "EXPLANATION"
    RULING = "RULING"
    APPROVAL = "APPROVAL"
    CONSULTATION = "CONSULTATION"
    STATEMENT = "STATEMENT"
    RECTIFICATION = "RECTIFICATION"


class Rung(StrEnum):
    """A step of the ladder (提醒 → 催办 → 督办)."""

    HALF_TIME = "HALF_TIME"
    LAST_DAY = "LAST_DAY"
    URGE = "URGE"
    MISSED = "MISSED"
    AUTO_SIGN = "AUTO_SIGN"
    SUPERVISION_DRAFT = "SUPERVISION_DRAFT"
    RED_DRAFT = "RED_DRAFT"
    INTERVIEW = "INTERVIEW"


class SupervisionLevel(StrEnum):
    """督办·黄 or 督办·红."""

    YELLOW = "YELLOW"
    RED = "RED"


class SupervisionState(StrEnum):
    """Where one 督办单 stands."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"
    VOIDED = "VOIDED"


class SupervisionReason(StrEnum):
    """Why a 督办单 was drafted (domain: 升级阶梯 L2, L3)."""

    OVERDUE = "OVERDUE"
    REDO = "REDO"
    FALSE_FEEDBACK = "FALSE_FEEDBACK"
    UNMOVED = "UNMOVED"
    SECOND_REDO = "SECOND_REDO"
    REPEATED = "REPEATED"


class Finding(StrEnum):
    """What 甄别 found of a person's discontent: it can be done after all, or it is not for this window to satisfy."""

    ACTIONABLE = "ACTIONABLE"
    UNFOUNDED = "UNFOUNDED"


class Light(StrEnum):
    """灯色 of a case: none, yellow after a 督办·黄, red after a 督办·红."""

    NONE = "NONE"
    YELLOW = "YELLOW"
    RED = "RED"


class NoticeChannel(StrEnum):
    """How a message reaches someone."""

    SMS = "SMS"
    WECHAT = "WECHAT"
    WECOM = "WECOM"
    CALL = "CALL"


class NoticeStatus(StrEnum):
    """What became of a message."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"
    REPLACED = "REPLACED"
    CALL_TASK = "CALL_TASK"


class ContactWay(StrEnum):
    """How a unit spoke with the person first (先行联系)."""

    PHONE = "PHONE"
    VISIT = "VISIT"
    MESSAGE = "MESSAGE"


class ConfirmMethod(StrEnum):
    """How the person confirmed the 登记表 (附件1「办理对象确认」)."""

    SIGNED = "SIGNED"
    SCANNED = "SCANNED"
    REAL_NAME = "REAL_NAME"
    REFUSED_WITNESSED = "REFUSED_WITNESSED"


class LibraryUse(StrEnum):
    """Where a library case was used (方案 五(四)「信息共享、解决办法」)."""

    REGISTER = "REGISTER"
    TRIAGE = "TRIAGE"
    ANSWER = "ANSWER"


class StaleReason(StrEnum):
    """Why a library case may no longer hold: out of date, its basis changed, or long unused."""

    EXPIRED = "EXPIRED"
    BASIS = "BASIS"
    UNUSED = "UNUSED"
