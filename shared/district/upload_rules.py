"""What is told to the platforms above and how it is called there: one file per platform in `uploads/` (方案 六(一))."""

from collections.abc import Iterator

from pydantic import Field

from shared.contracts.terms import CaseState, Category, Channel, Grade, Light, Result
from shared.district.entry import Entry
from shared.district.faults import Problem, nearest
from shared.district.sheets import Sheet

FOLDER = "uploads"
# What a mapping may take from the ledger. Nobody's name, number or words stand here in clear: `person` and `phone` are
# masked, `matter` is without what is personal, and all three are withheld of complaints and clues (domain: 数据保护 5, 6).
FIELDS = frozenset({
    "case_no", "number", "happening", "occurred_at", "channel", "site", "site_name", "received_at", "item", "item_code", "category",
    "grade", "state", "person", "phone", "matter", "lead", "lead_name", "due_at", "replied_at", "extended", "overdue", "result", "resolved",
    "stars", "urge_count", "supervision_count", "light", "rounds", "closed_at", "transferred_to", "merged_into",
})
HAPPENINGS = (
    "REGISTERED", "GRADED", "ISSUED", "EXTENDED", "REPLIED", "FOLLOWED_UP", "REOPENED", "ESCALATED", "CORRECTED", "ENDED",
)
YES_NO = ("true", "false")
# Every word these fields can have, so that a translation of one that never comes, or one the platform has no room for, is found before.
WORDS: dict[str, tuple[str, ...]] = {
    "happening": HAPPENINGS, "channel": tuple(Channel), "category": tuple(Category), "grade": tuple(Grade), "state": tuple(CaseState),
    "result": tuple(Result), "light": tuple(Light), "extended": YES_NO, "overdue": YES_NO, "resolved": YES_NO,
    "stars": ("1", "2", "3", "4", "5"),
}
LONGEST_NAME = 64


class UploadField(Entry):
    """One field of a platform: taken from ours or always the same; `values` says what ours is called there."""

    source: str | None = Field(default=None, alias="from")
    always: str | None = None
    required: bool = False
    max: int | None = Field(default=None, ge=1, le=4000)
    values: dict[str, str] = Field(default_factory=dict)

    def text(self, ours: str) -> str:
        """Our value in the platform's words; what the mapping does not translate stays as it is."""
        return self.values.get(ours, ours)


class UploadMapping(Entry):
    """What one platform takes of a case."""

    name: str
    fields: dict[str, UploadField]


def upload_problems(platforms: tuple[str, ...], mappings: dict[str, UploadMapping], sheets: dict[str, Sheet]) -> list[Problem]:
    """Every platform without a mapping, every mapping without a platform, every field taken from nowhere (方案 六(一))."""
    policy = sheets["policy.yaml"]
    found: list[Problem] = []
    for platform in platforms:
        if platform not in mappings:
            line, fix = policy.line(("sync", "platforms")), f"请补上 {FOLDER}/{platform}.yaml，或从 sync.platforms 去掉它。"
            found.append(Problem(policy.file, line, f"上传平台「{platform}」没有字段对照表。", fix))
    for platform, mapping in mappings.items():
        sheet = sheets[f"{FOLDER}/{platform}.yaml"]
        if platform not in platforms:
            found.append(Problem(sheet.file, 1, f"「{platform}」不在上传平台之列。", "请写进 policy.yaml 的 sync.platforms，或删去文件。"))
        found += _fields(mapping, sheet)
    return found


def _fields(mapping: UploadMapping, sheet: Sheet) -> Iterator[Problem]:
    if not any(field.source == "case_no" for field in mapping.fields.values()):
        yield Problem(sheet.file, sheet.line(("fields",)), "没有一个字段取自工单编号（case_no）。", "请补上，平台才认得是哪一件。")
    for name, field in mapping.fields.items():
        place = sheet.line(("fields", name))
        if not 1 <= len(name) <= LONGEST_NAME:
            yield Problem(sheet.file, place, f"字段名须为 1 至 {LONGEST_NAME} 个字符。", "请按平台的接口文件改正。")
        if (field.source is None) == (field.always is None):
            yield Problem(sheet.file, place, f"字段「{name}」须在 from 与 always 中写且只写一个。", "from 取我方字段，always 写固定值。")
        elif field.source is not None and field.source not in FIELDS:
            yield Problem(sheet.file, place, f"字段「{name}」取自不认识的「{field.source}」。", nearest(field.source, sorted(FIELDS)))
        elif field.always is not None and field.max is not None and len(field.always) > field.max:
            yield Problem(sheet.file, place, f"字段「{name}」的固定值超过 {field.max} 个字。", "请改短，或改 max。")
        else:
            yield from _translations(name, field, sheet)


def _translations(name: str, field: UploadField, sheet: Sheet) -> Iterator[Problem]:
    """A translation of a word that never comes, and a word the platform has no room for, which would be cut or refused at every send."""
    known = WORDS.get(field.source or "")
    for word in field.values:
        place = sheet.line(("fields", name, "values", word))
        if field.always is not None:
            yield Problem(sheet.file, place, f"字段「{name}」写了固定值，译法「{word}」不起作用。", "请删去 values，或改写 from。")
        elif known is not None and word not in known:
            message = f"字段「{name}」翻译了「{field.source}」没有的值「{word}」。"
            yield Problem(sheet.file, place, message, nearest(word, list(known)))
    for word in dict.fromkeys((*(known or ()), *field.values)):
        told = field.text(word)
        if field.max is not None and len(told) > field.max:
            place = sheet.line(("fields", name, "values", word) if word in field.values else ("fields", name))
            yield Problem(sheet.file, place, f"字段「{name}」的值「{told}」超过 {field.max} 个字。", "请在 values 里译短，或改 max。")
