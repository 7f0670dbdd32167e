"""What is wrong with a district's folder, where, and how to mend it."""

from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.district.sheets import Place, Sheet


@dataclass(frozen=True)
class Problem:
    """One fault: the file (relative to the folder), its line, what is wrong, how to mend it."""

    file: str
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}：{self.message}{self.fix}"


class DistrictFault(Exception):
    """A district's folder that must not be used."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


KINDS = {
    "int": "整数",
    "float": "数字",
    "string": "文字",
    "bool": "true 或 false",
    "time": "时刻，如 17:30（加引号）",
    "date": "日期，如 2026-10-01",
    "tuple": "列表",
    "list": "列表",
    "dict": "键值对",
    "model": "键值对",
}

TITLES = {
    "leader": "分管领导",
    "section_head": "科室负责人",
    "operator": "系统操作人员",
    "receiver": "收单专人",
    "limit": "时限",
}


def problems_of(
    fault: ValidationError, sheet: Sheet, root: type[BaseModel], at: Place
) -> list[Problem]:
    """A validation error as problems by line; `at` is where `root` stands in the sheet."""
    return [_problem(detail, sheet, root, at) for detail in fault.errors()]


def _problem(detail: ErrorDetails, sheet: Sheet, root: type[BaseModel], at: Place) -> Problem:
    place: Place = (*at, *(step for step in detail["loc"] if step != "[key]"))
    line = sheet.line(place)
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    where = ".".join(map(str, place))
    if detail["type"] == "extra_forbidden":
        names = keys_of(_owner(root, detail["loc"][:-1]))
        return Problem(sheet.file, line, f"不认识的键「{where}」。", nearest(key, names))
    if detail["type"] == "missing":
        title = f"（{TITLES[key]}）" if key in TITLES else ""
        fix = f"请在这一项里补写「{key}」。"
        return Problem(sheet.file, line, f"缺少「{where}」{title}。", fix)
    message, fix = _wrong_value(detail, where)
    return Problem(sheet.file, line, message, fix)


def _wrong_value(detail: ErrorDetails, where: str) -> tuple[str, str]:
    """What is wrong with a value and how to mend it."""
    kind = KINDS.get(detail["type"].split("_")[0])
    if kind:
        return f"「{where}」写成了 {detail['input']!r}，类型不对。", f"请改成{kind}。"
    context = detail.get("ctx", {})
    if "error" in context:
        return f"「{where}」这样写不行。", str(context["error"])
    expected = context.get("expected") or detail["msg"]
    return f"「{where}」的值 {detail['input']!r} 不能用。", f"请改成允许的值：{expected}。"


def nearest(key: str, names: list[str]) -> str:
    """How to mend an unknown name: the nearest known one, or all of them."""
    close = get_close_matches(key, names, n=1, cutoff=0.5)
    if close:
        return f"是不是想写「{close[0]}」？"
    known = "、".join(names[:12])
    return f"请删去它，或改成已有的：{known}。" if known else "请删去它。"


def keys_of(kind: object) -> list[str]:
    """The keys a model knows, as written in the file."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _owner(kind: object, loc: Place) -> object:
    """The model that stands at `loc` inside `kind`."""
    for step in loc:
        kind = _plain(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[str(step)].annotation if str(step) in fields else None
        else:
            kind = next((a for a in reversed(get_args(kind)) if a is not Ellipsis), None)
    return _plain(kind)


def _plain(kind: object) -> object:
    while get_origin(kind) in (Annotated, Union, UnionType):
        kind = next(a for a in get_args(kind) if a is not type(None))
    return kind
