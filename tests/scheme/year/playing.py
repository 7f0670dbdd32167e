"""Lives for the year: small towns of the real services on a virtual clock, where people do what they are allowed and what they are not."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from deploy.simulation.faults import CALM
from deploy.simulation.grammar import ENDED as MOSTLY_REFUSED
from deploy.simulation.grammar import OF_UNIT, Body, Grammar, Peek
from deploy.simulation.moves import Act, Move, Register, Wait
from deploy.simulation.play import Play, step_by_step
from deploy.simulation.seeds import Drawn, played, world_of
from services.archive.domain.record import CaseRecord, all_lines

Lines = list[str]
Ways = Sequence[tuple[str, float]]
CASES_A_TOWN, MOVES_A_CASE = 12, 20
COMES, PASSES, NEAR, SELDOM = 0.12, 0.2, 0.8, 0.08
FIRST_ACTS: Ways = (
    ("triage", 9), ("start-triage", 0.5), ("resolve-now", 1), ("refuse", 1.2), ("transfer", 0.5), ("merge", 0.6), ("withdraw", 0.4), ("urge", 0.2),
)
WAYS: Mapping[str, Ways] = {
    "REGISTERED": FIRST_ACTS, "TRIAGING": FIRST_ACTS,
    "REJECT_REVIEW": (("confirm-refusal", 3), ("overrule-refusal", 1)),
    "HANDLING": (
        ("sign", 5), ("contact", 5), ("answer", 7), ("request-return", 1.6), ("rule-return", 2), ("request-extension", 2.5),
        ("approve-extension", 5), ("refuse-extension", 0.3), ("request-material", 0.4), ("supply", 0.3), ("urge", 0.4), ("withdraw", 0.2),
        ("regrade", 0.5), ("issue_supervision", 1), ("void_supervision", 0.5), ("answer_supervision", 0.4), ("merge", 0.2), ("consult", 0.1),
    ),
    "FEEDBACK_REVIEW": (("verify", 6), ("reject-answer", 1.5)),
    "FED_BACK": (("follow-up", 4), ("evaluate", 1), ("screen", 3), ("reopen", 4), ("consult", 0.5)),
    "CONSULTATION": (("conclude", 4), ("answer", 1)),
}
FOLLOWS: Mapping[str, Sequence[tuple[str, str]]] = {
    "request-extension": (("approve-extension", "DL"), ("approve-extension", "GO")), "request-return": (("rule-return", "WS"),),
    "verify": (("follow-up", "FU"),), "answer": (("verify", "TR"),), "follow-up": (("screen", "WS"), ("reopen", "FU")),
    "consult": (("conclude", "GO"),), "sign": (("request-extension", "SH"),), "triage": (("contact", "SH"),),
    "resolve-now": (("correct", "WS"),), "transfer": (("correct", "WS"),),
}
GOES_ON, AGAIN = 0.45, 0.15
AFTERWARDS = ((70, 20), (1, 0), (9, 20))  # days until 约谈 are approved, and until what was to be put right was not
SETTLED = ("CLOSED", "REJECTED", "TRANSFERRED", "MERGED", "WITHDRAWN")
ENDED: Ways = (("correct", 1), ("evaluate", 1), *(held for held in MOSTLY_REFUSED if held[0] != "reply"))
FIRST, EVERY = datetime.fromisoformat("2026-02-24T08:40:00+08:00"), timedelta(days=9)
LAST_START = datetime.fromisoformat("2026-11-01T08:40:00+08:00")
MATTERS = ("备案点了三次都报错", "材料退了两次，每次说法不一样", "窗口让我回单位问，单位说不归他们", "手机 13912345678 一直收不到验证码")
CAUSES = ("SYSTEM", "政策", "MATERIAL", "材料", "说不清楚", "", "DUTY")
RESULTS = ("RESOLVED", "RESOLVED", "RESOLVED", "PARTLY_RESOLVED", "EXPLAINED", "UNRESOLVED")


class Varied(Grammar):
    """The campaign's grammar with more to say and more sense: every result, cause, star, finding, a 补录, ways seldom taken."""

    def __init__(self, chance: random.Random, peek: Peek, cases: int) -> None:
        super().__init__(chance, peek, cases)
        self._next: list[tuple[str, str, str]] = []
        self._people: dict[str, Body] = {}
        self._twins: dict[str, str] = {}

    def next(self, now: datetime, due: datetime | None) -> Move:
        """The next move; on paper now and then: what came days ago is registered today."""
        self._said += 1
        chance = self._chance
        if self._next and chance.random() < GOES_ON:
            label, path, role = self._next.pop(0)
            return self._by(label, path, role, now)
        if not self.labels or (self._left and chance.random() < COMES):
            return self._on_paper(self._somebody_comes(), now)
        if chance.random() < PASSES:
            return Wait(self._later(now, due))
        return self._somebody_acts(chance.choice(self.labels[-4:] if chance.random() < NEAR else self.labels), now)

    def _by(self, label: str, path: str, role: str, now: datetime) -> Move:
        case = self._peek(label)
        act = self._act(label, path, list(case["orders"]) if case else [], now)
        unit = act.unit or (case["orders"][-1]["unit"] if case and case["orders"] else None)
        return replace(act, role=role, unit=unit if role in OF_UNIT else None)

    def _act(self, label: str, path: str, orders: Sequence[Body], now: datetime) -> Act:
        self._next += [(label, *then) for then in FOLLOWS.get(path, ())]
        act = super()._act(label, path, orders, now)
        return replace(act, into=self._twins.get(label, act.into)) if path == "merge" else act

    def _on_paper(self, said: Register, now: datetime) -> Register:
        if self._chance.random() > SELDOM:
            return said
        earlier = now - self._chance.choice((timedelta(hours=2), timedelta(days=5)))
        return Register(said.label, said.channel, {**said.body, "received_at": earlier.isoformat(), "backdated_reason": "停电，纸质登记"})

    def _somebody_comes(self) -> Register:
        said = super()._somebody_comes()
        chance, body = self._chance, dict(said.body)
        body |= {"phone": f"1380000{chance.randrange(1, 40):04d}", "text": f"{chance.choice(MATTERS)}（{said.label}）。"}
        body["item"] = chance.choice(("异地就医备案", "食品经营许可", "居住证续签", "张三丰 13800001234 的房产过户"))
        if chance.random() < SELDOM:
            body["confidential"] = True
        if self._people and chance.random() < AGAIN:
            before = self.labels[-2]
            body |= {name: value for name, value in self._people[before].items() if name in ("name", "phone", "item", "category", "complained_unit")}
            self._twins[said.label] = before
            self._next.append((said.label, "merge", "TR"))
        self._people[said.label] = body
        return Register(said.label, said.channel, body)

    def _later(self, now: datetime, due: datetime | None) -> datetime:
        kind = self._chance.random()
        if due is not None and due > now and kind < 0.1:
            return due
        return now + (timedelta(minutes=self._chance.randrange(1, 300)) if kind < 0.85 else timedelta(hours=self._chance.randrange(10, 60)))

    def _somebody_acts(self, label: str, now: datetime) -> Move:
        case = self._peek(label)
        choices = WAYS.get(case["state"], WAYS["REGISTERED"]) if case is not None else WAYS["REGISTERED"]
        if case is not None and case["state"] in SETTLED:
            choices = ENDED
        path = self._chance.choices([path for path, _ in choices], [weight for _, weight in choices])[0]
        return self._act(label, path, list(case["orders"]) if case else [], now)

    def _words(self, path: str, units: Sequence[str], now: datetime) -> Body:
        chance, words = self._chance, dict(super()._words(path, units, now))
        stars = chance.choice((1, 2, 2, 3, 4, 5, 5))
        more: Mapping[str, Body] = {
            "answer": {"result": chance.choice(RESULTS), "cause": chance.choice(CAUSES), "lesson": chance.choice(("", "无", "在网页上加一句提示")),
                       "basis": "办法第三条", "alternative": "可到社区事务受理中心代办，电话 021-00000000"},
            "follow-up": {"resolved": stars > 2, "stars": stars, "reason": "太慢" if stars < 4 else ""},
            "evaluate": {"resolved": stars > 2, "stars": stars, "text": "一般"},
            "screen": {"finding": chance.choice(("ACTIONABLE", "UNFOUNDED", "NOT_ACTIONABLE"))},
            "triage": {"category": chance.choice(("SERVICE", "SERVICE", "CONSULT", "SUGGESTION"))},
            "request-extension": {"until": str((now + timedelta(days=chance.randrange(2, 12))).date())},
            "correct": chance.choice(({"field": "item", "value": "居住证补办"}, {"field": "category", "value": "CONSULT"},
                                      {"field": "item_code", "value": "PT-GONGAN-001"})),
        }
        if path == "follow-up" and words.get("reached") is False:
            return words
        return {**words, **more.get(path, {})}


def town(seed: int) -> list[Lines]:
    """The lives of one town, each as the lines the archive keeps of it, in the order the archive applied them."""
    start = FIRST + (seed * EVERY) % (LAST_START - FIRST)
    what = Drawn(seed, True, start.replace(hour=9), CASES_A_TOWN, CALM)
    with world_of(what, CALM, clock_runs=False) as play:
        grammar = Varied(what.chance("words"), play.peek, what.cases)
        wrong = played(play, _whole(play, grammar, what.cases * MOVES_A_CASE, AFTERWARDS[seed % len(AFTERWARDS)]))
        if wrong:
            raise AssertionError(f"town {seed}: {wrong}")
        return _lives(play)


def diligent_town() -> list[Lines]:
    """Where all goes well: matters of one or two units, hard or not, with something learnt or nothing; each solved at once to full content."""
    what = Drawn(0, True, FIRST, len(WELL_DONE), CALM)
    with world_of(what, CALM, clock_runs=False) as play:
        script = [move for place, well in enumerate(WELL_DONE) for move in _well_done(f"w{place}", *well)]
        wrong = played(play, step_by_step(play, script, len(script)))
        if wrong:
            raise AssertionError(f"the diligent town: {wrong}")
        return _lives(play)


def _lives(play: Play) -> list[Lines]:
    documents = play.world.shelf("archive", "records").values()
    return [all_lines(CaseRecord.model_validate(held["state"])) for held in documents if held["state"]["entry"]]


GIVEN_BACK = "职责写明白"
WELL_DONE: Sequence[tuple[str, Sequence[str], str]] = (
    ("COMPLEX", ("gongan",), "在网页上加一句提示"), ("COMPLEX", ("gongan",), ""), ("GENERAL", ("gongan",), "无"), ("GENERAL", (), "改表"),
    ("GENERAL", (), ""), ("COMPLEX", (), GIVEN_BACK),
)
ANSWER = "已为当事人补录备案信息，当日生效，今后在网页上可以自行办理，不必再来窗口。"


def _well_done(label: str, grade: str, assist: Sequence[str], lesson: str) -> list[Move]:
    body = {"name": "张三", "phone": f"1380000{label[1:]:0>4}", "item": "异地就医备案", "text": f"备案点了三次都报错（{label}）。",
            "category": "SERVICE", "site": "001"}
    said = {"grade": grade, "lead": "yibao", "assist": list(assist), "requirement": "查清", "category": "SERVICE"}
    answer = {"result": "RESOLVED", "text": ANSWER, "cause": "SYSTEM", "lesson": lesson}
    moves: list[Move] = [Register(label, "HALL", body), Act("router", label, "triage", "TR", f"{label}-triage", said)]
    if lesson == GIVEN_BACK:
        back, ruled = {"reason": "不归我们", "suggest": "renshe"}, {"accepted": True, "to": "renshe", "unit": "yibao", "reason": "按职责"}
        moves += [Act("router", label, "sign", "SH", f"{label}-first", {}, "yibao"),
                  Act("router", label, "request-return", "SH", f"{label}-back", back, "yibao"),
                  Act("router", label, "rule-return", "GO", f"{label}-ruled", ruled)]
    lead = "renshe" if lesson == GIVEN_BACK else "yibao"
    for path, words in (("sign", {}), ("contact", {}), ("answer", answer)):
        moves += [Act("router", label, path, "SH", f"{label}-{path}-{unit}", words, unit) for unit in (*assist, lead)]
    told = {"reached": True, "resolved": True, "stars": 5}
    return [*moves, Act("router", label, "verify", "TR", f"{label}-verify", {}), Act("router", label, "follow-up", "FU", f"{label}-call", told)]


async def _whole(play: Play, grammar: Grammar, moves: int, days: tuple[int, int]) -> list[Move]:
    spoken = await step_by_step(play, grammar, moves)
    await _passes(play, days[0])
    for label in grammar.labels:
        await _interviews_approved(play, label)
    await _passes(play, days[1])
    return spoken


async def _passes(play: Play, days: int) -> None:
    await play.carry_out(Wait(play.world.clock.now() + timedelta(days=days)), tries=1)


async def _interviews_approved(play: Play, label: str) -> None:
    """政务服务办领导 approves what was proposed of one case in two; where nothing was, SLA refuses."""
    case = play.peek(label)
    if case is None or play.world.plan.chance.random() < 0.5:
        return
    for unit in dict.fromkeys(order["unit"] for order in case["orders"]):
        await play.carry_out(Act("sla", label, "approve_interview", "GL", f"{label}-{unit}", {"unit": unit}), tries=1)
