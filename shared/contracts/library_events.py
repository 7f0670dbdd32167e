"""What archive says of its 案例库: a closed case was proposed, cleaned, checked, published, used, aged or withdrawn (domain §7, §9.2).

The key is the library case's own number: AL and what stands behind PT in the number of the case it came from.
"""

from __future__ import annotations

from datetime import date

from shared.contracts.event import ArchiveEvent, Frozen
from shared.contracts.terms import Category, Grade, LibraryUse, StaleReason


class LibraryWords(Frozen):
    """What a library case says; free of whatever identifies anyone once two people have looked at it (domain §9.2)."""

    problem: str
    cause: str = ""
    basis: str = ""
    way: str
    conditions: str = ""


class LibraryEvent(ArchiveEvent):
    """An event about one library case; folded in order they give the whole of it."""


class LibraryCaseProposed(LibraryEvent):
    """An archived case is worth keeping; `automatic` by the policy's rule, `why` in words.

    `units` are those that answered: none of their people may be the second person.
    """

    source: str
    item: str
    item_code: str | None = None
    category: Category
    grade: Grade | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    automatic: bool = False
    why: str = ""


class LibraryCaseDrafted(LibraryEvent):
    """One person took out what identifies anyone and wrote it down; a second person must look at it.

    `excuse` says why what still looks personal is none; empty where nothing does.
    """

    revision: int
    words: LibraryWords
    tags: tuple[str, ...] = ()
    valid_until: date
    excuse: str = ""


class LibraryCaseReturned(LibraryEvent):
    """The second person sent the draft back."""

    revision: int
    reason: str


class LibraryCasePublished(LibraryEvent):
    """Published by the second person (`actor`): everything a reader or an index needs. `revision` 2 and later replaces the one before."""

    revision: int
    source: str
    item: str
    item_code: str | None = None
    category: Category
    grade: Grade | None = None
    unit: str | None = None
    words: LibraryWords
    tags: tuple[str, ...] = ()
    valid_until: date
    drafted_by: str
    excuse: str = ""
    basis_version: str = ""


class LibraryCaseUsed(LibraryEvent):
    """引用: somebody used it in registering, analysing or answering `used_in`."""

    where: LibraryUse
    used_in: str | None = None
    unit: str | None = None
    site: str | None = None


class LibraryCaseViewed(LibraryEvent):
    """Somebody read it; said once a person and day, and counted apart from uses."""


class LibraryCaseStale(LibraryEvent):
    """It is published and may no longer hold: out of date, its basis changed, or long unused; its keeper is asked to look.

    `further` where it was flagged already and nobody has looked yet.
    """

    reasons: tuple[StaleReason, ...]
    note: str = ""
    further: bool = False


class LibraryCaseWithdrawn(LibraryEvent):
    """Taken out of the library, or never taken in; nobody finds it any more."""

    reason: str
    published: bool


LIBRARY_EVENTS = (
    LibraryCaseProposed, LibraryCaseDrafted, LibraryCaseReturned, LibraryCasePublished, LibraryCaseUsed, LibraryCaseViewed, LibraryCaseStale,
    LibraryCaseWithdrawn,
)
