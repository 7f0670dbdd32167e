"""`./bancheng audit-log` and `staff`: is the access log what was written; a first link for whoever can make the others theirs (domain §9.4)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from deploy.local.faults import StackError
from deploy.local.keys import Keys
from deploy.local.reaching import store_reached
from shared.clock import SystemClock
from shared.district.faults import nearest
from shared.district.loading import load_district
from shared.district.model import District
from shared.district.roles import Role
from shared.errors import TryAgain
from shared.storage.documents import Store
from shared.storage.mongo import MongoStore, connect
from shared.web.accounts import Accounts
from shared.web.chain import chain_faults
from shared.web.looks import AccessLog, Kind, Look
from shared.web.signin import SignIn

Say = Callable[[str], None]
DIGEST_LENGTH = 64


async def verify_looks(data: Path, log: Path | None, noted: str, say: Say) -> int:
    """Names every changed, missing or reordered entry; 0 when there is none."""
    digests = dict(_logged(log or data / "logs" / "bancheng.jsonl")) | _noted(noted)
    async with site_store(data, say) as store:
        count, faults = await chain_faults(AccessLog(store, SystemClock()).everything(), digests)
    for fault in faults:
        say(f"✗ {fault}")
    beside = f"，其中 {len(digests)} 条与另处记下的摘要相比" if digests else "；没有程序日志可比，只核对了链条本身"
    say(f"访问记录共 {count} 条{beside}：" + (f"{len(faults)} 处不符。" if faults else "完整，未见改动。"))
    return 1 if faults else 0


async def welcome(district: District, door: SignIn, keys: Keys, port: int, *, sample: bool) -> list[str]:
    """How to get in, told at the terminal: at once where the data is a demonstration, else the 安全管理员 sets a password first."""
    here = f"http://127.0.0.1:{port}"
    if sample:
        return [
            f"一次性登录（30 分钟内有效，窗口研判人员）：{here}{door.mint_once('s001-tr1')}",
            "演示数据：登录页上可选任何一个身份直接进入。",
        ]
    lines = ["用工号和密码登录；首次登录或忘记密码：./bancheng staff link 工号，或由安全管理员在「账号」页发链接。"]
    for person in district.staff_with(Role.SE):
        if (await door.accounts.of(person.id)).hash is None:
            link = await door.accounts.new_link(person.id)
            lines.append(f"安全管理员 {person.id} 还没有密码，设置密码的链接（30 分钟内有效）：{here}{link}")
    if keys.access_code:
        lines.append("安装口令（BANCHENG_ACCESS_CODE）已启用：只供本机的演练和浸泡程序调用接口，生产环境不要设置。")
    return lines


async def make_link(staff_id: str, data: Path, district: Path, url: str, say: Say) -> int:
    """A link with which this person sets a password, once and within 30 minutes; raises StackError for a number nobody has."""
    people = load_district(district).staff
    if staff_id not in people:
        raise StackError(f"没有工号 {staff_id}。{nearest(staff_id, list(people))}")
    async with site_store(data, say) as store:
        accounts = Accounts(store, SystemClock())
        await store.prepare()
        if (await accounts.of(staff_id)).locked:
            raise StackError(f"{staff_id} 的账号已停用。请先由安全管理员在「账号」页启用。")
        link = await accounts.new_link(staff_id)
        made = Look(Kind.ACCOUNT_CHANGED, "", what="staff link", reason=f"为 {staff_id} 发登录链接", via="命令行")
        await AccessLog(store, SystemClock()).append(made)
    say(f"{people[staff_id].name}（{staff_id}）设置密码的链接，30 分钟内有效，只能用一次：")
    say(f"{url.rstrip('/')}{link}")
    return 0


def _logged(path: Path) -> Iterator[tuple[int, str]]:
    """Number and digest of every entry the program told its log."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            if b"access_logged" not in line:
                continue
            try:
                told = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # a line cut off by a crash
            if told.get("event") == "access_logged":
                yield int(told["number"]), str(told["digest"])


def _noted(text: str) -> dict[int, str]:
    if not text:
        return {}
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != DIGEST_LENGTH:
        raise StackError("--noted 的写法是 序号:摘要，摘要为 64 位十六进制，如页面「访问记录」上所示。")
    return {int(number): digest.lower()}


@asynccontextmanager
async def site_store(data: Path, say: Say) -> AsyncIterator[Store]:
    """What the site itself keeps: accounts, sessions, the access log; of a running or a stopped system."""
    async with store_reached(data, say) as uri:
        client = connect(uri)
        try:
            yield MongoStore(client[f"{os.environ.get('BANCHENG_PREFIX', '')}bancheng_site"])
        except TryAgain as fault:
            raise StackError(f"文档库没有应答：{fault}。请确认它已启动后再试。") from fault
        finally:
            client.close()
