"""What stands beside the window's own figures and is never added to them: 好差评, 12345 (方案 七(三); domain 歧义 29)."""

from __future__ import annotations

from services.archive.api.papers.words import Row, figures, rate_columns
from shared.papers.tables import Column, Kind, Table

NOTE = "按所说的日期计入本期；来自其他系统，与窗口自身指标并列，不相加。"


def beside(content: Row) -> list[Table]:
    """The imported figures of the district and of each unit somebody spoke of; none while nothing was imported."""
    held = [(part["name"], part["beside"]) for part in (content["total"], *content["departments"]) if _counted(part)]
    rows = [
        [name, said["ratings"]["count"], said["ratings"]["low"], *figures(said["ratings"]["content"]), said["hotline"]["count"],
         *figures(said["hotline"]["satisfied"]), *figures(said["hotline"]["resolved"])]
        for name, said in held
    ]
    columns = (
        Column("部门", width=24), Column("好差评", Kind.COUNT, 8), Column("差评", Kind.COUNT, 7), *rate_columns("好评率"),
        Column("12345", Kind.COUNT, 8), *rate_columns("满意率"), *rate_columns("解决率"),
    )
    return [Table("好差评、12345 并列", columns, rows, note=NOTE)] if rows else []


def _counted(part: Row) -> bool:
    return any(said["count"] for said in part.get("beside", {}).values())
