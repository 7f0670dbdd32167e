"""The installation's secrets: from the environment, else made once for a local data folder and kept there for its owner only."""

from __future__ import annotations

import os
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.faults import StackError
from shared.privacy.sealing import new_keys

CHANNELS = ("SUISHENBAN", "YWTB", "PORTAL_EXIT")
NAMES = {
    "seal_keys": "BANCHENG_SEAL_KEYS", "channel_keys": "BANCHENG_CHANNEL_KEYS", "access_code": "BANCHENG_ACCESS_CODE",
    "session_key": "BANCHENG_SESSION_KEY", "clue_keys": "BANCHENG_CLUE_KEYS",
}
CLUE_HOLDER = "intake"  # no other service gets the keys of the clue box


@dataclass(frozen=True)
class Keys:
    """What must never be shown: sealing keys, channel keys, the installation token, the session key, the clue box's own keys."""

    seal_keys: str = field(repr=False)
    channel_keys: str = field(repr=False)
    access_code: str = field(repr=False)
    session_key: str = field(repr=False)
    clue_keys: str = field(default="", repr=False)


def from_environment(service: str) -> Keys:
    """The keys of one service, as production has them; raises StackError naming those that are missing.

    Without BANCHENG_ACCESS_CODE there is no installation token, which is how production runs (docs/decisions).
    """
    optional = {"access_code"} | ({"clue_keys"} if service != CLUE_HOLDER else set())
    needed = [name for field, name in NAMES.items() if field not in optional]
    missing = [name for name in needed if not os.environ.get(name)]
    if missing:
        raise StackError(f"缺少环境变量 {'、'.join(missing)}。生产环境的密钥只从环境变量读取，说明见 deploy/runbook.md。")
    given = {field: os.environ[name] for field, name in NAMES.items() if name in needed}
    return Keys(**given, access_code=os.environ.get(NAMES["access_code"], ""))


def for_data(data: Path) -> Keys:
    """Keys for a local data folder: the environment's where given, else those kept in `keys.env`, made on first use."""
    kept = data / "keys.env"
    data.mkdir(parents=True, exist_ok=True)
    held = _read(kept) if kept.exists() else {}
    missing = {name: made for name, made in _made().items() if name not in held}
    if missing:
        held |= missing
        _write(kept, held)
    return Keys(**{field: os.environ.get(name) or held[name] for field, name in NAMES.items()})


def made_keys() -> Keys:
    """Fresh keys that nobody keeps, for a site in memory."""
    made = _made()
    return Keys(**{field: made[name] for field, name in NAMES.items()})


def _made() -> dict[str, str]:
    channels = ",".join(f"{channel}:{b64encode(secrets.token_bytes(32)).decode()}" for channel in CHANNELS)
    return {
        NAMES["seal_keys"]: new_keys(), NAMES["channel_keys"]: channels, NAMES["access_code"]: secrets.token_urlsafe(18),
        NAMES["session_key"]: secrets.token_urlsafe(32), NAMES["clue_keys"]: new_keys(),
    }


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _write(path: Path, held: dict[str, str]) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    text = "# Bancheng 本机数据目录的密钥：丢失后封存的姓名、电话无法恢复；不要提交、不要外传。\n"
    path.write_text(text + "".join(f"{name}={value}\n" for name, value in held.items()), encoding="utf-8")
