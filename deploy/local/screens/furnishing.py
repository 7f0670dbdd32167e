"""What a story's steps do not do: library cases, a root cause, rows of another system; so that their pages have something to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from deploy.local.faults import StackError
from deploy.local.rights.shelf import shelved
from deploy.local.screens.staging import Stage
from shared.clock import shanghai
from shared.contracts.library_events import LibraryWords
from shared.privacy.sealing import Sealer

if TYPE_CHECKING:
    from playwright.async_api import Page

CLERK, OFFICE, OWNER = "s001-cl1", "zhengwu-go1", "yibao-sh"
ITEM = "异地就医备案"
MORE = (("方既白", "13800002101"), ("江有汜", "13800002102"), ("何如月", "13800002103"))
TEXT = "手机上备案，点提交总说参保地有误，不知道该先去哪里改。"
ROOT = {
    "title": "退休转移后参保地没有同步", "cause": "SYSTEM", "text": "险种状态要等两套系统每周对一次账，其间备案一律报错，窗口也看不到原因。",
    "person": OWNER, "plan": "改为每晚对账；报错时说明原因和要找的窗口。", "due_on": "2026-12-31",
}
DONE = {"text": "对账已改为每晚一次，报错页面写明原因和经办窗口。"}
RETIRED = LibraryWords(
    problem="退休后转外地养老，异地就医备案在手机上提示“参保地有误”，窗口和单位互相推。", cause="退休转移时险种状态没有同步到备案系统。",
    basis="国家异地就医备案经办规程", way="由医保中心核对险种状态并更正，当日重新提交；本人和单位都不用跑。", conditions="已办完退休手续的参保人。",
)
CHILD = LibraryWords(problem="给孩子办少儿医保，家长不在本地，不知能否由老人代办。", way="带户口簿、代办人身份证和孩子的证件照，当场填表办结。")
ROWS = """评价编号,评价日期,点位,单位,事项,星级,评价内容,姓名,电话
HCP-20261123-0001,2026-11-23,001,医保局,异地就医备案,2,窗口让我跑了三趟，每次说的都不一样,于归棠,13800002111
HCP-20261123-0002,2026-11-23,001,公安分局,居住证续签,5,当场办好，讲得很清楚,,
HCP-20261123-0003,2026-11-23,001,市场监管局,食品经营许可,1,上传平面图五次都失败,,
HCP-20261123-0004,2026-11-23,001,没有这个局,食品经营许可,4,,,
HCP-20261123-0005,2026-11-31,001,医保局,异地就医备案,7,,,
"""


async def furnished(stage: Stage, *, over: bool) -> None:
    """Three more people with one matter, one root cause, three library cases; where the month is `over` the improvement is done."""
    async with httpx.AsyncClient(base_url=stage.base, timeout=60, headers={"authorization": f"Bearer {stage.keys.access_code}"}) as client:
        for place, (name, phone) in enumerate(() if over else MORE):
            said = {"site": "001", "name": name, "phone": phone, "item": ITEM, "text": TEXT, "category": "SERVICE"}
            await _does(client, stage, CLERK, "/api/intake/hall", said, f"more-{place}")
        await _improved(client, stage, over=over)
    await _shelved(stage)


async def _improved(client: httpx.AsyncClient, stage: Stage, *, over: bool) -> None:
    found = (await client.get("/api/archive/patterns", headers={"x-staff": OFFICE})).json()["patterns"]
    numbers = [held["number"] for held in found if held["words"] == ITEM]
    root = await _does(client, stage, OFFICE, "/api/archive/roots", ROOT | {"patterns": numbers}, "root")
    if over:
        today = shanghai(stage.system.clock.now()).date().isoformat()
        await _does(client, stage, OWNER, f"/api/archive/roots/{root['number']}/done", DONE | {"done_on": today}, "done")
        await _does(client, stage, OFFICE, f"/api/archive/roots/{root['number']}/accept", {}, "accept")


async def _shelved(stage: Stage) -> None:
    sealer = Sealer.from_environment(stage.keys.seal_keys)
    await shelved(stage.system, sealer, stage.number("c01"), "yibao", words=RETIRED)
    await shelved(stage.system, sealer, stage.number("c05"), "yibao", item="少儿医保代办咨询", words=CHILD, published=False)
    await shelved(stage.system, sealer, stage.number("c03"), "queji", item="不动产继承登记", words=None)
    await stage.rest()


async def _does(client: httpx.AsyncClient, stage: Stage, staff: str, path: str, body: Mapping[str, Any], key: str) -> Any:
    answer = await client.post(path, json=dict(body), headers={"x-staff": staff, "idempotency-key": f"scene-{key}"})
    if not answer.is_success:
        raise StackError(f"{staff} {path}：{answer.status_code} {answer.text[:300]}")
    await stage.rest()
    return answer.json()


async def sent_rows(page: Page, base: str) -> None:
    """Whoever may import brings 好差评 in at the page itself: two rows of five cannot be taken, and the page says why."""
    await page.goto(f"{base}/intake/evaluations")
    await page.set_input_files("#file-rating", {"name": "好差评.csv", "mimeType": "text/csv", "buffer": ROWS.encode("utf-8-sig")})
    await page.locator("form[action='/intake/evaluations/rating'] button").click()
    await page.wait_for_load_state()
