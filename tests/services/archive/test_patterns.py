"""举一反三: what repeats is found in whatever order it arrives, once, and forgotten when it should be (domain §7 W7, W8; 歧义 24)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from services.archive.domain.fold import fold
from services.archive.domain.patterns import trail as trails
from services.archive.domain.patterns.pattern import MOST_KEPT, Pattern, dismiss, gather, group, told
from services.archive.domain.patterns.sighting import Sighting, sightings_of
from services.archive.domain.patterns.trail import Seen, Trail, enough, forget_old, place_of
from shared.contracts.event import Event, stamp
from shared.contracts.intake_events import PortalExit
from shared.contracts.pattern_events import PatternFound, PatternGrown, PatternKind
from shared.contracts.terms import Category, OrderRole
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_case_triaged, an_order_answered
from tests.services.archive.repeats import FIRST, STEP, Finder, chokepoint, complaint, matter, number_of, sighting


def seen(event: Event, first: Event | None = None) -> list[Sighting]:
    """What one event adds, beside the entry the case has."""
    begun = stamp(first or event, seq=1, recorded_at=FIRST, after={}, cause=None, policy_version="test@1")
    return sightings_of(event, fold(None, begun), DISTRICT, lambda text: f"hash-of-{len(text)}")


def kinds(found: list[Sighting]) -> dict[PatternKind, Sighting]:
    """By kind."""
    return {one.kind: one for one in found}


def test_a_matter_goes_on_the_trail_of_its_item_and_of_its_person() -> None:
    found = kinds(seen(matter(1, "p1")))

    assert set(found) == {PatternKind.SAME_ITEM, PatternKind.SAME_PERSON}
    assert (found[PatternKind.SAME_ITEM].need, found[PatternKind.SAME_ITEM].days) == (3, 7)
    assert (found[PatternKind.SAME_PERSON].need, found[PatternKind.SAME_PERSON].days) == (2, 90)
    assert "p1" not in found[PatternKind.SAME_PERSON].key + str(found[PatternKind.SAME_ITEM].who)


@pytest.mark.parametrize("more", [{"anonymous": True}, {"confidential": True}])
def test_who_is_not_to_be_known_is_on_no_trail_of_persons(more: dict[str, bool]) -> None:
    assert set(kinds(seen(matter(1, "p1", **more)))) == {PatternKind.SAME_ITEM}
    assert kinds(seen(matter(1, "p1", **more)))[PatternKind.SAME_ITEM].who is None


def test_a_complaint_is_only_on_the_trail_of_the_window_and_nobody_it_is_about_may_know() -> None:
    (one,) = seen(complaint(1, complained_staff=("yibao-dh",)))

    assert (one.kind, one.site, one.unit, one.need) == (PatternKind.WINDOW, "001", "yibao", 2)
    assert one.marks == ("about_staff_yibao-dh", "about_yibao")
    assert one.who is None


def test_what_is_found_to_be_a_complaint_at_its_analysis_goes_on_the_same_trail() -> None:
    first = matter(1, "p1", category=None)
    (late,) = seen(a_case_triaged("2026-09-01 11:00", category=Category.COMPLAINT), first)
    (known,) = seen(complaint(1, unit=None))

    assert (late.kind, late.key, late.at) == (known.kind, known.key, FIRST)
    assert seen(a_case_triaged("2026-09-01 11:00"), first) == []


def test_a_portal_exit_with_and_without_a_case_is_one_step_of_one_item() -> None:
    left = kinds(seen(matter(1, "p1", item="食品经营许可", portal_exit=STEP)))[PatternKind.PORTAL_STEP]
    counted = kinds(sightings_of(chokepoint(1), None, DISTRICT, str))[PatternKind.PORTAL_STEP]
    other = kinds(sightings_of(chokepoint(1, left=PortalExit(exit_step="上传平面图", exit_reason="看不懂")), None, DISTRICT, str))

    assert left.key == counted.key != other[PatternKind.PORTAL_STEP].key
    assert left.words == "食品经营许可·上传平面图·一直转圈"


def test_a_unit_and_its_cause_are_a_trail_by_name_or_by_identifier_and_other_is_none() -> None:
    first = matter(1, "p1")
    (named,) = seen(an_order_answered("2026-09-02 10:00", cause="系统"), first)
    (coded,) = seen(an_order_answered("2026-09-02 10:00", cause="SYSTEM"), first)

    assert named == coded
    assert (named.kind, named.words, named.need, named.at) == (PatternKind.UNIT_CAUSE, "医保局·系统", 3, FIRST)
    assert seen(an_order_answered("2026-09-02 10:00", cause="天气"), first) == []
    assert seen(an_order_answered("2026-09-02 10:00", cause=""), first) == []
    assert seen(an_order_answered("2026-09-02 10:00", cause="系统", role=OrderRole.ASSIST), first) == []
    assert seen(an_order_answered("2026-09-02 10:00", cause="系统"), complaint(1)) == []


def test_words_of_a_pattern_hold_no_phone() -> None:
    assert "13800001234" not in seen(matter(1, "p1", item="退费 13800001234"))[0].words


def test_three_people_within_seven_days_are_enough_and_one_of_them_three_times_is_not() -> None:
    def on(*days: float, who: str = "") -> list[Seen]:
        return [Seen(at=FIRST + timedelta(days=day), case_no=number_of(place), who=who or None) for place, day in enumerate(days)]

    assert enough(on(0, 3, 7), 3, 7)
    assert not enough(on(0, 3, 7.01), 3, 7)
    assert enough(on(0, 20, 23, 26), 3, 7)
    assert not enough(on(0, 1, 2, who="p1"), 3, 7)
    assert not enough([], 2, 7)


def some(seed: int) -> list[Sighting]:
    """Matters of three items, several people and complaints over some weeks."""
    draw = random.Random(seed)  # noqa: S311 - matters for a test
    found = []
    for place in range(1, 41):
        kind = draw.choice([PatternKind.SAME_ITEM, PatternKind.SAME_ITEM, PatternKind.WINDOW, PatternKind.UNIT_CAUSE])
        key = draw.choice(["a", "b", "c"])
        found.append(sighting(place, days=draw.uniform(0, 25), who=f"p{draw.randrange(9)}", kind=kind, key=key, words=key, marks=(f"m{place % 7}",)))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_in_whatever_order_they_arrive_and_however_often_the_patterns_are_the_same(seed: int) -> None:
    """Order independence and redelivery: the second finder hears everything shuffled, a third of it twice or more."""
    arrived = some(seed)
    straight, shuffled = Finder(), Finder()
    straight.sees(*arrived)
    draw = random.Random(seed + 1000)  # noqa: S311 - an order for a test
    again = arrived + draw.choices(arrived, k=len(arrived) // 3)
    draw.shuffle(again)
    shuffled.sees(*again)

    assert shuffled.found == straight.found
    assert set(shuffled.patterns) == set(straight.patterns)
    for number, held in straight.patterns.items():
        other = shuffled.patterns[number]
        assert held is not None and other is not None and (held.marks, held.count) == (other.marks, other.count)


def test_the_comparison_would_notice_a_rule_that_depends_on_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a trail that looks only at the newest matters it was told of."""
    def newest_only(held: list[Seen], need: int, days: int) -> bool:
        return len(held) >= need and held[-1].at - held[0].at < timedelta(days=days)

    monkeypatch.setattr(trails, "enough", newest_only)
    differing = 0
    for seed in range(10):
        arrived = some(seed)
        straight, backward = Finder(), Finder()
        straight.sees(*sorted(arrived, key=lambda one: one.at))
        backward.sees(*sorted(arrived, key=lambda one: one.at, reverse=True))
        differing += straight.found != backward.found
    assert differing


@pytest.mark.parametrize("seed", range(20))
def test_a_pattern_made_anew_from_its_events_is_the_same_but_for_what_was_not_told_yet(seed: int) -> None:
    finder = Finder()
    finder.sees(*some(seed))
    for number, held in finder.patterns.items():
        assert held is not None
        anew: Pattern | None = None
        for event in finder.said:
            anew = told(anew, event) if event.case_no == number else anew
        assert anew is not None
        assert {one.case_no for one in anew.cases} | {one.case_no for one in held.untold} == {one.case_no for one in held.cases}
        assert anew.told == held.told and set(anew.marks) <= set(held.marks)
        for one in some(seed):  # what the topics tell again completes it
            anew = gather(anew, number, one, ()).state if one.case_no in {case.case_no for case in held.cases} else anew
        assert anew == held


def test_it_is_told_when_it_is_found_and_when_it_has_doubled() -> None:
    finder = Finder()
    finder.sees(*(sighting(place, days=place / 10) for place in range(1, 13)))

    assert [type(event) for event in finder.said] == [PatternFound, PatternGrown, PatternGrown]
    assert [len(event.cases) for event in finder.said] == [3, 3, 6]
    assert [event.count for event in finder.said[1:]] == [6, 12]


def test_a_busy_pattern_keeps_the_newest_and_counts_all() -> None:
    finder = Finder()
    finder.sees(*(sighting(place, days=place / 1000) for place in range(1, MOST_KEPT + 51)))
    (held,) = finder.patterns.values()

    assert held is not None
    assert (held.count, len(held.cases), held.cases[-1].case_no) == (MOST_KEPT + 50, MOST_KEPT, number_of(MOST_KEPT + 50, FIRST + timedelta(days=1)))


def test_a_dismissed_pattern_comes_back_when_it_has_doubled_and_a_grouped_one_stays_where_it_is() -> None:
    finder = Finder()
    finder.sees(*(sighting(place) for place in (1, 2, 3)))
    (number,) = finder.patterns
    finder.patterns[number] = dismiss(finder.patterns[number], reason="各有各的原因", by="zhengwu-go1", now=FIRST).state
    finder.sees(sighting(4), sighting(5))
    held = finder.patterns[number]
    assert held is not None and not held.open
    finder.sees(sighting(6))
    held = finder.patterns[number]
    assert held is not None and held.open

    joined = group(held, root="JY1", by="zhengwu-go1", now=FIRST).state
    assert joined is not None and not joined.open
    assert group(joined, root="JY1", by="zhengwu-go1", now=FIRST).events == ()
    for refused in (lambda: group(joined, root="JY2", by="x", now=FIRST), lambda: dismiss(joined, reason="无", by="x", now=FIRST),
                    lambda: group(None, root="JY2", by="x", now=FIRST)):
        with pytest.raises(RuleBroken):
            refused()


def test_the_number_of_a_persons_pattern_does_not_follow_from_the_person() -> None:
    """个保法 19: the hash of the person stands on the trail alone, and goes with it."""
    finder = Finder()
    finder.sees(*(sighting(place, kind=PatternKind.SAME_PERSON, key="hash", need=2) for place in (1, 2)))
    other = Finder()
    other.sees(*(sighting(place, kind=PatternKind.SAME_PERSON, key="another", need=2) for place in (1, 2)))

    assert set(finder.patterns) == set(other.patterns)
    assert "hash" not in str(finder.patterns)


def test_a_trail_is_forgotten_when_the_window_is_over_and_a_busy_one_loses_what_is_old() -> None:
    finder = Finder()
    finder.sees(sighting(1, kind=PatternKind.SAME_PERSON), sighting(2, days=30, kind=PatternKind.SAME_PERSON))
    (shelf,) = finder.shelves.values()
    assert shelf is not None
    place = place_of(sighting(1, kind=PatternKind.SAME_PERSON))

    assert forget_old(shelf, DISTRICT, FIRST + timedelta(days=89)).state == shelf
    half = forget_old(shelf, DISTRICT, FIRST + timedelta(days=90)).state
    assert half is not None and [held.case_no for held in half.trails[place].seen] == [number_of(2, FIRST + timedelta(days=30))]
    assert half.oldest == FIRST + timedelta(days=30)
    none = forget_old(half, DISTRICT, FIRST + timedelta(days=120)).state
    assert none is not None and (none.trails, none.oldest) == ({}, None)
    assert forget_old(None, DISTRICT, FIRST).state is None


def test_a_trail_that_leads_to_a_pattern_lives_as_long_as_somebody_walks_on_it() -> None:
    place = place_of(sighting(1))
    shelf = trails.Shelf(trails={place: Trail(pattern="TL1", last_at=FIRST)})
    walked = trails.follow(shelf, sighting(2, days=3)).state
    assert walked is not None and walked.trails[place].last_at == FIRST + timedelta(days=3)
    assert trails.follow(walked, sighting(3, days=3.5)).state == walked

    after = FIRST + timedelta(days=92)
    assert (kept := forget_old(walked, DISTRICT, after).state) is not None and kept.trails
    assert (gone := forget_old(walked, DISTRICT, after + timedelta(days=1)).state) is not None and not gone.trails
    assert at("2026-09-01 10:00") == FIRST
