"""A text cut into words with their kinds, and what of it can be a name: the segmentation is asked, never trusted alone."""

from __future__ import annotations

import re

import rjieba

from shared.privacy.deidentify.surnames import (
    BEHIND,
    COMPOUND,
    EVERYDAY,
    GIVEN,
    LONGEST_GIVEN,
    NEVER_GIVEN,
    PUBLIC_WORDS,
    SINGLE,
    TITLES,
)

_HAN = re.compile(r"[一-龥㐀-䶵]+")
_PLACE_END = (
    "路街道镇区县市省村局所科处室厅院校园店厂行站馆证卡费款件表单书号楼层栋幢弄巷桥乡组队会部委办人员者家业品"
    "金税法案期间年月日时候次种类型式"
)
_RARE_TAGS = ("nr", "g", "ng", "x", "zg", "nz", "nrt", "nrfg")
LONGEST_NAME = 4
_AFTER_ONE = frozenset("和与及说的、收过跑敬办")
_AFTER_TWO = BEHIND | frozenset("家人收过跑敬报她他上，。；、！？,.;:： （(）)") | {""}
_AFTER_WORDS = ("老人", "两人", "二人", "等人", "本人", "反映", "一直", "今年", "今天", "过世", "去世", "，女", "，男", "当面", "跑路", "家漏",
    "人在", "敬上", "说她", "说他", "的残疾", "的户口", "了，", "年龄", "一家", "三人", "同意", "于20", "于当", "来电", "来访", "称", "表示", "收，")
_TITLE = re.compile(rf"(?:{TITLES})")
_LONG_TITLE = re.compile("|".join(f"(?:{title})" for title in TITLES.split("|") if len(title) > 1 and title.isalnum()))


def is_han(text: str) -> bool:
    """Whether it is made of Chinese characters only."""
    return bool(_HAN.fullmatch(text))


class Tokens:
    """The words of one text by where they begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words: dict[int, tuple[int, str]] = {}
        self._over: list[int] = []
        place = 0
        for word, tag in rjieba.tag(text):
            start = text.index(word, place)
            place = start + len(word)
            self._words[start] = (place, tag)
        self.starts = tuple(self._words)
        self.ends = frozenset(end for end, _ in self._words.values())

    def end_at(self, start: int) -> int:
        """Where the word that begins here ends; here, where none begins."""
        return self._words.get(start, (start, ""))[0]

    def tag_at(self, start: int) -> str:
        """The kind of the word that begins here; "" where none does."""
        return self._words.get(start, (start, ""))[1]

    def word_at(self, start: int) -> str:
        """The word that begins here; "" where none does."""
        return self.text[start : self.end_at(start)]

    def covering(self, place: int) -> tuple[int, int, str]:
        """The word that this place is in: where it begins, where it ends, its kind."""
        start = place
        while start >= 0 and start not in self._words:
            start -= 1
        return (start, *self._words[start]) if start >= 0 else (place, place, "")

    def known(self, word: str) -> bool:
        """Whether a dictionary has it."""
        return bool(rjieba.has_word(word))

    def bounded(self, place: int) -> bool:
        """Whether a word begins or ends here."""
        return place in self._words or place in self.ends or place >= len(self.text)

    def surname_at(self, start: int) -> int:
        """How many characters of a surname stand here: 2, 1 or 0."""
        if self.text[start : start + 2] in COMPOUND:
            return 2
        return int(self.text[start : start + 1] in SINGLE)

    def everyday(self, start: int) -> bool:
        """Whether what stands here is a word of every day that is no name."""
        word = self.word_at(start)
        if any(self.text.startswith(known, start) for known in _openings(self.text, start)):
            return True
        if word in COMPOUND:
            return False
        return not self._rare_tail(start) and len(word) > 1 and not self.tag_at(start).startswith("nr") and self.known(word)

    def _rare_tail(self, start: int) -> bool:
        """A word of two characters before one that is seldom anything but a part of a name: 程志|鹏."""
        end = self.end_at(start)
        return end == start + 2 and self.end_at(end) == end + 1 and self.tag_at(end) in _RARE_TAGS and self.text[end] not in BEHIND

    def name_end(self, start: int, *, sure: bool) -> int | None:
        """Where a name that begins here ends; `sure` where the words before leave no doubt that one stands here."""
        surname = self.surname_at(start)
        if start >= len(self.text) or (not sure and not self._fits(start, surname)):
            return None
        if not surname:
            return self._odd(start) if sure else None
        if sure and any(self.text.startswith(known, start) for known in _openings(self.text, start)):
            return None
        run = self._given_run(start + surname)
        if not run and _LONG_TITLE.match(self.text, start + surname):
            return start + surname
        if not run:
            return None
        return self._end_by_what_follows(start, surname) or start + surname + self._given(start + surname, run)

    def _end_by_what_follows(self, start: int, surname: int) -> int | None:
        """Where a name ends because what comes behind it comes behind names."""
        for size in range(self._given_run(start + surname), 0, -1):
            end = start + surname + size
            behind = self.text[end : end + 1]
            if behind in (_AFTER_ONE if size == 1 and surname == 1 else _AFTER_TWO) or self.text.startswith(_AFTER_WORDS, end):
                return end
        return None

    def _fits(self, start: int, surname: int) -> bool:
        """Whether a name may stand here: no word of every day does, or what comes behind speaks for a name all the same."""
        if any(self.text.startswith(known, start) for known in _openings(self.text, start)):
            return False
        if not self.everyday(start) and self._likely(start):
            return True
        end = self._end_by_what_follows(start, surname) if surname else None
        return end is not None and not (self.end_at(start) == end and self.known(self.word_at(start)))

    def _likely(self, start: int) -> bool:
        """A surname that is also a word of every day needs the segmentation's word for it."""
        return self.text[start] not in EVERYDAY or self.tag_at(start).startswith("nr")

    def _odd(self, start: int) -> int | None:
        """A name without a known surname, only where one surely stands."""
        run = self._given_run(start, 3)
        word = self.word_at(start)
        if run < 2 or (self.known(word) and len(word) > 1) or word in PUBLIC_WORDS:  # noqa: PLR2004 - a name has two characters
            return None
        return start + run if self.bounded(start + run) else start + 2

    def _given_run(self, start: int, most: int = LONGEST_GIVEN) -> int:
        run = 0
        while run < most and start + run < len(self.text):
            char = self.text[start + run]
            if not is_han(char) or char in NEVER_GIVEN or _LONG_TITLE.match(self.text, start + run):
                break
            run += 1
        return run

    def _given(self, start: int, run: int) -> int:
        """One or two characters of given name, by where words part."""
        if run == 1:
            return 1
        first, second = self.bounded(start + 1), self.bounded(start + 2)
        if first and not second:
            return 1
        if first and second and self.end_at(start + 1) == start + 2 and self.text[start + 1] in BEHIND:
            return 1
        return 2

    def odd_name_at(self, start: int) -> bool:
        """A word here that the segmentation takes for a name though it has no surname: 我儿子浩然."""
        word = self.word_at(start)
        fit = len(word) in (2, 3) and self.tag_at(start).startswith("nr") and not self.known(word)
        return fit and not set(word) & NEVER_GIVEN and word[-1] not in _PLACE_END

    def opening_name(self, start: int) -> int | None:
        """A name at the opening of a clause, by what comes behind it."""
        surname = self.surname_at(start)
        if not surname or self.everyday(start):
            return None
        end = self._end_by_what_follows(start, surname)
        sure = end is not None and (self._likely(start) or self.text.startswith(_AFTER_WORDS, end))
        return end if sure else None

    def likely_name(self, start: int) -> tuple[int, float] | None:
        """A surname and characters given names are made of, where words part, in whatever surroundings."""
        surname = self.surname_at(start)
        if not surname or _openings(self.text, start):
            return None
        spoken = self._spoken_given(start + surname)
        if spoken:
            return start + surname + spoken, 0.83
        if not self.bounded(start) or self.everyday(start):
            return None
        usual = self.text[start] not in EVERYDAY or surname == 2  # noqa: PLR2004 - a compound surname
        given = self._usual_run(start + surname)
        end = start + surname + 1
        if given == LONGEST_GIVEN:
            alone = self.end_at(start) == start + surname or self.tag_at(start).startswith("nr")
            return (end + 1, 0.83) if usual or alone or self._spoken_for(end + 1) else None
        if given and self.bounded(end) and not self.known(self.text[start:end]):
            return (end, 0.82) if usual and self._spoken_for(end) else None
        return None

    def _spoken_given(self, start: int) -> int:
        """How much of a given name stands before words that come behind names only, wherever words part."""
        run = self._usual_run(start)
        return next((size for size in (1, 2)[:run] if self.text.startswith(_AFTER_WORDS, start + size)), 0)

    def named_like(self, start: int, end: int) -> bool:
        """Whether this is a surname and characters of given names, before what comes behind names."""
        given = self.text[start + self.surname_at(start) : end]
        return bool(given) and set(given) <= GIVEN and self._spoken_for(end)

    def _usual_run(self, start: int) -> int:
        run = self._given_run(start)
        return next((size for size in range(run, 0, -1) if set(self.text[start : start + size]) <= GIVEN), 0)

    def _spoken_for(self, end: int) -> bool:
        """Whether what comes behind comes behind names."""
        return self.text[end : end + 1] in _AFTER_TWO or self.text.startswith(_AFTER_WORDS, end)

    def tagged_name(self, start: int) -> tuple[int, float] | None:
        """Where a name ends that the segmentation sees here, and how sure it is."""
        surname, word, tag = self.surname_at(start), self.word_at(start), self.tag_at(start)
        if not surname and tag.startswith("nr") and self.odd_name_at(start) and len(word) == 3:  # noqa: PLR2004 - a surname nobody listed
            return self.end_at(start), 0.82
        if not surname or not is_han(word) or any(self.text.startswith(known, start) for known in _openings(self.text, start)):
            return None
        if len(word) <= surname:
            return self._split_name(start, surname)
        if not tag.startswith("nr") or len(word) > LONGEST_NAME:
            return None
        end = self._trimmed(start, surname)
        if end is None or _TITLE.fullmatch(self.text, start + surname, end):
            return None
        end = self._grown(start, end, surname)
        return end, self._sureness(start, end, surname)

    def _trimmed(self, start: int, surname: int) -> int | None:
        """Without what no given name ends in."""
        end = self.end_at(start)
        while end > start + surname and self.text[end - 1] in NEVER_GIVEN:
            end -= 1
        inner = self.text[start + surname : end]
        return end if inner and not set(inner) & NEVER_GIVEN else None

    def _grown(self, start: int, end: int, surname: int) -> int:
        """With the last character where it was cut off: 戚薇|薇."""
        if end - start - surname >= LONGEST_GIVEN or self.end_at(end) != end + 1:
            return end
        char = self.text[end]
        fits = is_han(char) and char not in NEVER_GIVEN and char not in BEHIND
        return end + 1 if fits and (char == self.text[end - 1] or self.tag_at(end) in _RARE_TAGS) else end

    def _sureness(self, start: int, end: int, surname: int) -> float:
        word = self.text[start:end]
        if word[-1] in _PLACE_END:
            return 0.5
        base = 0.86 if len(word) > 2 or not self.known(word) else 0.81  # noqa: PLR2004 - a name of two characters is sooner a word
        return base - 0.25 if self.text[start] in EVERYDAY and len(word) == 2 and surname == 1 else base  # noqa: PLR2004 - as above

    def _split_name(self, start: int, surname: int) -> tuple[int, float] | None:
        """A surname that stands as a word of its own before a word no dictionary has, or before two loose characters."""
        if self.text[start] in EVERYDAY or self.end_at(start) != start + surname:
            return None
        after = start + surname
        word = self.word_at(after)
        if is_han(word) and len(word) in (1, 2) and not _LONG_TITLE.match(self.text, after) and not set(word) & (NEVER_GIVEN | BEHIND):
            rare = self.tag_at(after).startswith("nr") or (len(word) == 2 and not self.known(word))  # noqa: PLR2004 - a full given name
            if rare:
                return self._grown(start, after + len(word), surname), 0.86
            if surname == 2:  # noqa: PLR2004 - a compound surname is seldom anything else
                return after + len(word), 0.84
        return None


def _openings(text: str, start: int) -> list[str]:
    """Words of office and of every day that begin here."""
    return [text[start : start + size] for size in (2, 3, 4) if text[start : start + size] in PUBLIC_WORDS]
