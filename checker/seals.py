"""(h) Each month is sealed over the ledger as it stood: leaves, roots and values made again, and held against what was published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.ledger import chain
from checker.proof import LEAF, hashed, root_over, valued
from checker.reading import Export
from checker.records import Row as Document
from checker.table import Row

Held = dict[str, Any]
PAGE = ("number", "leaves", "root")
FILED = "TZ"  # under a filing's number stand the filing, of which a leaf tells no order, and the record of what its site was told


def check(export: Export) -> list[Row]:
    """The seals, their pages, and the records they cover."""
    roots, values = Row("seals.roots", "封存的每一页和每月的根等于逐片重算的"), Row("seals.values", "每月封存值重算相同、接在上月之后并已公布")
    heads = Row("seals.heads", "封存的每一片等于台账按行重算的链头")
    held: dict[str, Held] = {"seals": {}, "seal_pages": {}}
    for document in export.documents("archive"):
        if document.get("collection") in held and document.get("state"):
            held[document["collection"]][document["case_no"]] = document["state"]
    seals = [seal for _, seal in sorted(held["seals"].items()) if seal.get("as_of")]
    _roots(roots, seals, held["seal_pages"])
    _values(values, seals, _published(export))
    _heads(heads, export, held["seal_pages"])
    return [roots, values, heads]


def _published(export: Export) -> dict[str, Held]:
    return {number: event.facts for number, events in export.of_owner("archive") for event in events if event.kind == "MonthSealed"}


def _roots(row: Row, seals: list[Held], pages: dict[str, Held]) -> None:
    for seal in seals:
        for line in seal["pages"]:
            page = pages.get(line["number"], {})
            made = root_over([hashed(leaf, LEAF) for leaf in page.get("leaves", ())])
            row.expect(line["root"] == page.get("root") == made, f"{line['number']} 的根与重算的不同")
        row.expect(seal["root"] == root_over([hashed(line, PAGE) for line in seal["pages"]]), f"{seal['number']} 的根与各页不符")


def _values(row: Row, seals: list[Held], published: dict[str, Held]) -> None:
    before = ""
    for seal in seals:
        number, said = seal["number"], published.get(seal["number"], {})
        row.expect(seal["value"] == valued(seal), f"{number} 的封存值与重算的不同")
        row.expect(seal["previous"] == before, f"{number} 没有接在上月之后")
        row.expect(said.get("value") == seal["value"], f"{number} 公布的封存值与库里的不同")
        before = seal["value"]


def _heads(row: Row, export: Export, pages: dict[str, Held]) -> None:
    sealed: dict[str, list[Held]] = {}
    for page in pages.values():
        for leaf in page.get("leaves", ()):
            if leaf["order"] or not leaf["number"].startswith(FILED):
                sealed.setdefault(leaf["number"], []).append(leaf)
    for document in export.documents("archive"):
        for text in _otherwise(document, sealed.get(document["case_no"], [])):
            row.breach(text)
        row.looked += len(sealed.get(document["case_no"], []))


def _otherwise(document: Document, leaves: list[Held]) -> Iterator[str]:
    lines = (document.get("state") or {}).get("events")
    if not isinstance(lines, list) or not leaves:
        return
    heads = list(chain(document["case_no"], lines))
    for leaf in leaves:
        if not (leaf["events"] < len(heads) and heads[leaf["events"]] == leaf["head"]):
            yield f"{document['case_no']} 前 {leaf['events']} 行的链头与封存的不同"
