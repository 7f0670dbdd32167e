"""案例库 is found by what people say: the right case among the first three, whatever comes and goes meanwhile (decision 0042)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from deploy.local.librarybench.filling import fillers
from deploy.local.librarybench.sample import TODAY, Asked, misses, questions, sample_cases
from services.archive.domain.search import question
from services.archive.domain.search.entry import WEIGHTS, Indexed
from services.archive.domain.search.grams import grams_of, grams_of_all, plain, written
from services.archive.domain.search.index import GROWTH, MOST_POSTINGS, Filter, LibraryIndex
from services.archive.domain.search.marks import marks, shared_words
from services.archive.domain.search.question import Groups, ask, groups_of, other_words
from services.archive.domain.search.segment import K1, USUAL_LENGTH, B, merge
from shared.district.loading import load_district
from shared.district.model import District

REPO = Path(__file__).resolve().parents[3]
FILLERS = 3_000
ENOUGH = 0.9


@cache
def putuo() -> District:
    return load_district(REPO / "deploy/district/putuo")


@cache
def groups() -> Groups:
    return groups_of((REPO / "services/archive/domain/search/other_words.txt").read_text(encoding="utf-8"))


@cache
def library() -> Sequence[Indexed]:
    return [*sample_cases(putuo()), *fillers(putuo(), FILLERS)]


def filled(weights: dict[str, float] = WEIGHTS) -> LibraryIndex:
    index = LibraryIndex(weights)
    index.add(library())
    return index


@pytest.fixture(scope="module")
def index() -> LibraryIndex:
    return filled_once()


def right(index: LibraryIndex, asked: Sequence[Asked]) -> float:
    return 1 - len(misses(index, asked, groups())) / len(asked)


def case(number: str, problem: str, **more: object) -> Indexed:
    return Indexed(number, {"problem": problem}, **{"stamp": problem, **more})  # type: ignore[arg-type]  # by name


def numbers(index: LibraryIndex, said: str, wanted: Filter = Filter(), **more: int) -> list[str]:  # noqa: B008 - frozen
    return [hit.number for hit in index.find(ask(said, groups()), TODAY, wanted, **more).hits]


def test_the_questions_are_two_hundred_each_with_one_right_case() -> None:
    """As the issue asks; the cases are of the district's items, and none says what a question says."""
    asked, cases = questions(), {held.number for held in sample_cases(putuo())}
    assert len(asked) == 200 and len(cases) > 120
    assert {one.right for one in asked} == cases
    assert sum(one.kept_back for one in asked) == 66
    texts = ["".join(held.words.values()) for held in sample_cases(putuo())]
    assert [one.words for one in asked if any(one.words in text for text in texts)] == []
    assert len({one.words for one in asked}) == 200


@pytest.mark.parametrize("kept_back", [False, True])
def test_the_right_case_is_among_the_first_three_for_nine_of_ten(index: LibraryIndex, kept_back: bool) -> None:
    """Issue: 90 %; of those the search was tuned on, and of those kept back."""
    asked = [one for one in questions() if one.kept_back == kept_back]
    missed = misses(index, asked, groups())
    assert right(index, asked) >= ENOUGH, [(miss.asked.right, miss.asked.words, miss.instead) for miss in missed]


@cache
def filled_once() -> LibraryIndex:
    return filled()


def test_planted_weights_of_nothing_find_nothing_right() -> None:
    """Nor does an index that weighs neither problem nor item nor way find what was asked."""
    assert right(filled(dict.fromkeys(WEIGHTS, 0.0) | {"basis": 1.0}), questions()) < ENOUGH


def test_scores_are_bm25_as_anybody_can_count_it() -> None:
    """Counted again the slow way: idf, saturation and length, over pairs and single characters; steps of 1/255 apart."""
    cases = list(library()[:300])
    index = LibraryIndex()
    index.add(cases)
    often: list[Counter[int]] = []
    for held in cases:
        counts: Counter[int] = Counter()
        for name, weight in WEIGHTS.items():
            for code in grams_of_all([held.words.get(name, "")])[1].tolist():
                counts[code] += weight  # type: ignore[assignment]  # weighed
        often.append(counts)
    asked = ask("医保异地备案报错")
    total = np.zeros(len(cases))
    for code, weight in zip(asked.grams.tolist(), asked.weights.tolist(), strict=True):
        there = sum(code in counts for counts in often)
        idf = np.log1p((len(cases) - there + 0.5) / (there + 0.5))
        for at, counts in enumerate(often):
            bound = K1 * (1 - B + B * sum(counts.values()) / USUAL_LENGTH)
            total[at] += weight * idf * counts[code] * (K1 + 1) / (counts[code] + bound)
    found = index.find(asked, TODAY, most=300)
    slow = {held.number: score for held, score in zip(cases, total, strict=True)}
    assert len(found.hits) == int((total > 0).sum())
    assert max(abs(hit.score - slow[hit.number]) for hit in found.hits) < 0.02 * total.max()
    assert found.hits[0].number == max(slow, key=lambda number: slow[number])


def test_it_finds_the_same_however_the_cases_came() -> None:
    """All at once, one by one with changes and withdrawals between, merged here or in the background: the same cases, the same scores."""
    draw = random.Random(5)  # noqa: S311 - drawn by a seed, no secret
    cases = list(library()[:400])
    whole, grown = LibraryIndex(), LibraryIndex()
    gone = {held.number for held in draw.sample(cases, 40)}
    whole.add([held for held in cases if held.number not in gone])
    for held in cases:
        older = Indexed(held.number, {"problem": "还没有写好的旧话"}, held.unit, held.item_code, stamp="0")
        grown.add([older if draw.random() < 0.3 else held])
    assert grown.add(cases) > 0
    assert grown.remove(gone) == 40 and grown.remove(gone) == 0
    asked = [ask(one.words) for one in questions()[::10]]
    assert len(grown) == len(whole) == 360
    assert len(grown.segments) < 8
    assert {hit.number for one in asked for hit in grown.find(one, TODAY, most=400).hits}.isdisjoint(gone)
    parts = tuple(grown._segments)
    assert grown.put_together(parts, *merge(parts))  # what is gone no longer counts among all
    assert [grown.find(one, TODAY).hits for one in asked] == [whole.find(one, TODAY).hits for one in asked]


def test_a_part_of_which_much_is_gone_is_made_anew() -> None:
    """Changed again and again, a library of ten does not grow."""
    index = LibraryIndex()
    for nth in range(300):
        index.add([case(f"A{nth % 10}", f"第{nth}次改写")])
    assert sum(index.segments) < 30
    assert numbers(index, "299", most=1) == ["A9"]


def test_a_case_that_goes_while_parts_are_merged_elsewhere_is_gone() -> None:
    """The thread works on what was there; what was withdrawn or changed since does not come back."""
    index = LibraryIndex()
    index.add([case(f"A{nth}", f"第{nth}件电梯停运") for nth in range(GROWTH * 10 + 1)])
    index.add([case(f"B{nth}", f"第{nth}件电梯停运") for nth in range(10)])
    index.add([case("C", "另一件")])
    pair = (index._segments[0], index._segments[1])
    made, moved = merge(pair)
    index.remove(["A3"])
    index.add([case("B3", "改写成了漏水")])
    assert index.put_together(pair, made, moved)
    assert {"A3", "B3"}.isdisjoint(numbers(index, "电梯停运", most=100))
    assert numbers(index, "漏水") == ["B3"]
    assert not index.put_together(pair, made, moved)  # its parts are no longer there: the work is for nothing, and harmless
    assert len(numbers(index, "电梯停运", most=100)) == GROWTH * 10 + 1 + 10 - 2


def test_stale_ones_are_left_out_or_marked() -> None:
    """Out of date from the day after, or flagged: not found unless asked for, and then marked."""
    index = LibraryIndex()
    index.add([
        case("gone", "漏水没人修", valid_until=date(2026, 11, 29)), case("today", "漏水没人修", valid_until=TODAY),
        case("doubted", "漏水没人修", flagged=True),
    ])
    assert numbers(index, "漏水") == ["today"]
    found = index.find(ask("漏水"), TODAY, Filter(stale=True))
    assert {hit.number: hit.stale for hit in found.hits} == {"gone": True, "today": False, "doubted": True}


def test_filters_and_what_they_would_leave() -> None:
    """By unit, by item; an item's code in the words is a filter too."""
    index = LibraryIndex()
    index.add([
        case("a", "发票丢了", unit="yibao", item_code="PT-YIBAO-003"), case("b", "发票丢了", unit="shuiwu", item_code="PT-SHUIWU-002"),
        case("c", "发票丢了怎么领", unit="shuiwu", item_code="PT-SHUIWU-002"),
    ])
    assert set(numbers(index, "发票", Filter(unit="shuiwu"))) == {"b", "c"}
    assert numbers(index, "发票", Filter(item_code="PT-YIBAO-003")) == ["a"]
    assert numbers(index, "发票", Filter(unit="none")) == []
    assert index.find(ask("发票"), TODAY).units == {"shuiwu": 2, "yibao": 1}
    assert ask("pt-yibao-003 发票").item_code == "PT-YIBAO-003"
    assert numbers(index, "发票", most=1, skip=1) != numbers(index, "发票", most=1)


def test_width_case_and_signs_make_no_difference() -> None:
    """Full width, capitals, punctuation between; a pair never reaches over a sign."""
    assert plain("５０２－Bad，网关") == "502\nbad\n网关"
    assert set(map(written, grams_of("Ａpp闪退").tolist())) == {"ap", "pp", "p闪", "闪退", "a", "p", "闪", "退"}
    assert "，网" not in set(map(written, grams_of("报错，网页").tolist())) and "错网" not in set(map(written, grams_of("报错，网页").tolist()))
    assert len(grams_of("")) == 0 and len(grams_of("？！")) == 0
    assert LibraryIndex().find(ask("任何"), TODAY).hits == ()
    index = LibraryIndex()
    index.add([case("x", "任何事")])
    assert numbers(index, "？！") == [] and numbers(index, "\ud800") == [] and numbers(index, "𬱖") == []


def test_other_words_for_the_same_are_looked_for_too() -> None:
    """A person says 药费 and 老公; the case says 医疗 and 配偶."""
    held = groups_of("房本 房产证 # 一样的\n\n单个\n随申办 APP")
    assert held == [("房本", "房产证"), ("随申办", "app")]
    assert other_words("我的房本", held) == ("房产证",)
    index = LibraryIndex()
    index.add([case("x", "房产证面积不对"), case("y", "别的事")])
    assert [hit.number for hit in index.find(ask("房本", held), TODAY).hits][:1] == ["x"]
    assert all(len(group) > 1 and all(len(word) > 1 for word in group) for group in groups())


def test_a_question_costs_what_its_rare_words_cost() -> None:
    """Ten times the cases: postings looked at stay within a bound, however common the words and however long the text."""
    index = filled_once()
    long = "".join(held.words["problem"] for held in library()[200:230])
    for said in (long, "办理申请材料窗口", *(one.words for one in questions()[:20])):
        assert index.find(ask(said), TODAY).looked_at <= MOST_POSTINGS
    assert len(ask(long).said) <= question.LONGEST


def test_the_bound_is_kept_by_leaving_out_the_most_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a small bound. The rare word decides, the common ones are not looked at."""
    index = LibraryIndex()
    index.add([case(f"A{nth:03}", "窗口办理材料") for nth in range(200)] + [case("rare", "窗口办理叉车")])
    monkeypatch.setattr("services.archive.domain.search.index.MOST_POSTINGS", 50)
    found = index.find(ask("窗口办理叉车"), TODAY)
    assert found.looked_at <= 50 and found.hits[0].number == "rare"


def test_marks_show_words_not_halves() -> None:
    """What was asked for is marked as whole words; everyday words are not."""
    pieces = marks("房东确认了两次，居住证还是办理不了", ask("居住证 房东未确认 办理").pairs)
    assert "".join(piece.text for piece in pieces) == "房东确认了两次，居住证还是办理不了"
    marked = [piece.text for piece in pieces if piece.marked]
    assert "居住证" in "".join(marked) and "房东" in "".join(marked) and "办理" not in "".join(marked)
    assert shared_words(["居住证续签", "房东"], ask("居住证房东").pairs) == ("居住证", "房东")
