"""Takes the pictures of one scene: as every role every kind of page, the small screens, the faults of a form, the papers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from deploy.local.screens.chromium import PHONE, SCREEN, fresh
from deploy.local.screens.furnishing import furnished, sent_rows
from deploy.local.screens.office import printed_workbook
from deploy.local.screens.shrinking import shrunk
from deploy.local.screens.staging import Stage
from deploy.local.screens.walking import LINKS, PEOPLE, Trail, kind_of
from shared.contracts.ids import library_number
from shared.district.roles import Role
from shared.papers.typesetting import pictured_pages

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

TALLEST, PAPER_PPI, LYING_PPI, BESIDE_MS = 1600, 92, 96, 900
LYING = re.compile(rb"/MediaBox ?\[ ?0 0 (84[12])")  # A4 on its side: as wide as an upright sheet is high
FINE, HIDDEN, BROKEN = 200, (403, 404), 500
DESKS = {PEOPLE["KB"]: ("desk", "c03"), PEOPLE["GO"]: ("check", "c05")}
DOES = {"desk": "第一人去标识", "check": "第二人核对发布"}
SAID = "退休以后去外地住，手机上备案老是报错"
OVER = {
    "reports": "/archive/reports/", "monthly": "/archive/reports/monthly/2026-11", "bimonthly": "/archive/reports/bimonthly/2026-11",
    "seals": "/archive/seals/", "patterns": "/archive/patterns/", "library": "/archive/library/", "uploads": "/archive/uploads/",
}
OF_EACH_ROLE = ("/", "/router/cases/N")  # these say something else to everybody
AS_THE_README_CALLS_IT = {"light-router-tr": "queue", "light-router-cases-N-tr": "case", "light-paper-form": "annex1", "light-paper-order": "annex2"}
MOST_PAGES, MOST_PAPERS, PATIENCE_MS = 70, 3, 240_000
REPORTS = {"monthly": "/archive/reports/monthly/2026-11/file.pdf", "bimonthly": "/archive/reports/bimonthly/2026-11/file.pdf"}


@dataclass
class Album:
    """The pictures of a folder, and what each shows."""

    folder: Path
    shown: list[tuple[str, str, str]] = field(default_factory=list)  # scene, file, what it shows
    seen: set[tuple[str, str]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def keep(self, scene: str, name: str, words: str, picture: bytes) -> None:
        """Writes one picture under its name."""
        called = AS_THE_README_CALLS_IT.get(f"{scene}-{name}", f"{scene}-{name}")
        (self.folder / f"{called}.png").write_bytes(picture)
        self.shown.append((scene, f"{called}.png", words))


class Photographer:
    """One scene, one browser."""

    def __init__(self, browser: Browser, stage: Stage, scene: str, album: Album) -> None:
        self._browser, self._stage, self._scene, self._album = browser, stage, scene, album

    async def everything(self) -> None:
        """Every role's pages, then what only some scenes have; what failed is kept in the album."""
        self._dark = await (await self._somebody()).new_page()
        if self._scene == "papers":
            await furnished(self._stage, over=True)
            await self._official()
            await self._over()
            return
        if self._scene != "empty":
            await self._furnished()
        await self._one(await (await self._somebody()).new_page(), "/signin", "signin", "登录")
        for role, staff in PEOPLE.items():
            await self._role(role, staff)
        if self._scene == "light":
            await self._phones()
            await self._papers()

    async def _furnished(self) -> None:
        """What the steps do not do; the picture of the page that says which rows were not taken is made on the way."""
        await furnished(self._stage, over=False)
        context, page = await self.entered(PEOPLE["WS"])
        await sent_rows(page, self._stage.base)
        await self._shoot(page, "intake-evaluations-refused-ws", "窗口负责人 `intake › evaluations`，有两行没有收下")
        await context.close()
        await self._asked()
        for staff, (act, label) in DESKS.items():
            context, page = await self.entered(staff)
            path = f"/archive/library/{library_number(self._stage.number(label))}/{act}"
            await self._one(page, path, f"archive-library-{act}", f"案例库，{DOES[act]} {_words(kind_of(path))}")
            await context.close()

    async def _asked(self) -> None:
        """The library asked in a person's words, and what it says beside the form while the clerk is still typing."""
        context, page = await self.entered(PEOPLE["CL"])
        asked = f"/archive/library/search?q={quote(SAID)}"
        await self._one(page, asked, "archive-library-found-cl", "窗口人员 `archive › library › search`，问过一句")
        await page.goto(f"{self._stage.base}/intake/register")
        await page.fill("#text", SAID)
        await self._shoot(page, "intake-register-similar-cl", "窗口人员 `intake › register`，边写边看案例库")
        await context.close()

    async def _over(self) -> None:
        """Pages that show something only when a month is over: 报表, 封存, an improvement that is done, a case that is locked."""
        context, page = await self.entered(PEOPLE["GO"])
        await page.goto(f"{self._stage.base}/archive/patterns/")
        roots = [path for path in await page.evaluate(LINKS) if "/roots/" in path]
        locked = {"locked": f"/archive/cases/{self._stage.number('c05')}"}
        for name, path in (OVER | locked | dict(zip(("root",), roots, strict=False))).items():
            await self._one(page, path, f"over-{name}-go", f"月末之后，{Role.GO.chinese} {_words(kind_of(path))}")
        await context.close()

    async def _somebody(self, size: tuple[int, int] = SCREEN) -> BrowserContext:
        """Somebody at the door, with patience: a developer's machine may have other work."""
        context = await fresh(self._browser, size)
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        return context

    async def entered(self, staff: str, size: tuple[int, int] = SCREEN) -> tuple[BrowserContext, Page]:
        """A page of somebody signed in by a one-time link."""
        context = await self._somebody(size)
        page = await context.new_page()
        await page.goto(self._stage.base + self._stage.site.state.signin.mint_once(staff))
        return context, page

    async def _role(self, role: str, staff: str) -> None:
        context, page = await self.entered(staff)
        trail, left = Trail(self._stage.base, 1), MOST_PAGES
        trail.note("/")
        while (path := trail.following()) is not None and left:
            left -= 1
            kind, whose = kind_of(path), role if kind_of(path) in OF_EACH_ROLE else ""
            if (kind, whose) in self._album.seen:
                await page.goto(self._stage.base + path)
            else:
                self._album.seen.add((kind, whose))
                await self._one(page, path, f"{_slug(kind)}-{role.lower()}", f"{Role(role).chinese} {_words(kind)}")
            trail.found(page.url, await page.evaluate(LINKS))
        await context.close()

    async def _one(self, page: Page, path: str, name: str, words: str) -> None:
        answer = await page.goto(self._stage.base + path)
        if answer is None or answer.status >= BROKEN:
            self._album.failures.append(f"{path} 没有显示出来（{self._scene}）：{answer and answer.status}")
            return
        if answer.status in HIDDEN or "html" not in answer.headers.get("content-type", ""):
            return
        await self._shoot(page, name, words)

    async def _shoot(self, page: Page, name: str, words: str) -> None:
        if await page.locator("[data-similar]").count():
            await page.wait_for_timeout(BESIDE_MS)
        width = (page.viewport_size or {"width": SCREEN[0]})["width"]
        height = min(TALLEST if self._scene in ("light", "papers") else SCREEN[1], await page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": width, "height": max(height, SCREEN[1] if width == SCREEN[0] else PHONE[1])}
        picture = await page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]  # a FloatRect
        self._album.keep(self._scene, name, words, await shrunk(self._dark, picture))

    async def _phones(self) -> None:
        for role in ("DL", "SH", "GO", "GL"):
            context, page = await self.entered(PEOPLE[role], PHONE)
            await self._one(page, "/", f"phone-front-{role.lower()}", f"{Role(role).chinese}，手机 `/`")
            for path in await page.evaluate(LINKS.replace("a[href]", "main a[href^=\"/router/\"]")):
                kind = kind_of(path)
                if (kind, f"phone {role}") not in self._album.seen and not path.endswith(".pdf"):
                    self._album.seen.add((kind, f"phone {role}"))
                    await self._one(page, path, f"phone-{_slug(kind)}-{role.lower()}", f"{Role(role).chinese}，手机 {_words(kind)}")
            await context.close()
        await self._person()

    async def _person(self) -> None:
        for size, where in ((SCREEN, "screen"), (PHONE, "phone")):
            page = await (await self._somebody(size)).new_page()
            await self._one(page, "/p", f"person-{where}-door", "办理对象 `/p`")
            number = self._stage.number("c01")
            if await page.locator("[name=case_no]").count() and await page.locator("[name=code]").count():
                await page.fill("[name=case_no]", number)
                await page.fill("[name=code]", self._stage.code(number))
                await page.press("[name=code]", "Enter")
                await page.wait_for_load_state()
                await self._shoot(page, f"person-{where}", "办理对象：这件事到哪一步了")

    async def _papers(self) -> None:
        found = {"form": (PEOPLE["CL"], f"/intake/cases/{self._stage.number('c08')}/form.pdf?reason=当面核对并请办理对象签字")}
        number = self._stage.number("c01")
        found["order"] = (PEOPLE["TR"], f"/router/cases/{number}/orders/{number}-01.pdf")
        await self._printed(found)

    async def _official(self) -> None:
        """督办单, 不予受理告知书, 延时告知书, 记录证明: each from a case of the story that has one."""
        rows = await self._stage.system.running["archive"].service.exports["events"]()
        signed = [row for row in rows if row["type"].endswith(".SupervisionIssued.v1")]
        cards = {level: next((row for row in signed if row["data"]["level"] == level), None) for level in ("YELLOW",)}
        letters = {
            name: next((row for row in rows if row["type"].endswith(f".{kind}.v1")), None)
            for name, kind in (("refusal", "CaseRejected"), ("extension", "CaseExtended"))
        }
        found = {
            f"supervision-{level.lower()}": f"/sla/cases/{row['case_no']}/supervisions/{row['data']['number']}.pdf"
            for level, row in cards.items() if row
        } | {name: f"/router/cases/{row['case_no']}/letters/{name}.pdf" for name, row in letters.items() if row}
        missing = {*(f"supervision-{level.lower()}" for level in cards), *letters} - set(found)
        self._album.failures += [f"这个剧本里没有 {name}（{self._scene}）" for name in sorted(missing)]
        found["proof"] = f"/archive/cases/{self._stage.number('c05')}/proof.pdf"
        await self._printed({name: (PEOPLE["GO"], path) for name, path in (found | REPORTS).items()})
        await self._workbook()

    async def _workbook(self) -> None:
        """The month's workbook as LibreOffice prints it; left out, and not listed, where that is not installed."""
        context, _ = await self.entered(PEOPLE["GO"])
        answer = await context.request.get(self._stage.base + REPORTS["monthly"].replace(".pdf", ".xlsx"))
        paper = await printed_workbook(await answer.body()) if answer.status == FINE else None
        await context.close()
        if paper:
            await self._paper("monthly-workbook", paper)

    async def _printed(self, found: dict[str, tuple[str, str]]) -> None:
        for name, (staff, path) in found.items():
            context, _ = await self.entered(staff)
            answer = await context.request.get(self._stage.base + path)
            if answer.status == FINE:
                await self._paper(name, await answer.body())
            else:
                self._album.failures.append(f"{path} 没有印出来（{self._scene}）：{answer.status}")
            await context.close()

    async def _paper(self, name: str, pdf: bytes) -> None:
        ppi = LYING_PPI if LYING.search(pdf) else PAPER_PPI
        for place, picture in enumerate(pictured_pages(pdf, ppi=ppi, most=MOST_PAPERS), start=1):
            called = f"paper-{name}" if place == 1 else f"paper-{name}-{place}"
            self._album.keep(self._scene, called, f"纸质件 {name} 第 {place} 页", await shrunk(self._dark, picture))


def _words(kind: str) -> str:
    """`router › work › N`: which page it is, not where somebody's files lie."""
    return f"`{kind.strip('/').replace('/', ' › ') or '总览'}`"


def _slug(kind: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", kind).strip("-") or "front"
