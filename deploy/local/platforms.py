"""Where 啄木鸟 and the city's system are reached from: the environment's word, or their sandbox twins."""

from __future__ import annotations

import os

from shared.district.model import District

PLATFORMS = "BANCHENG_UPLOADS"  # platform=https://address|base64 secret, several with commas between


def platforms_given() -> str:
    """What the environment says; nothing, and none is connected."""
    return os.environ.get(PLATFORMS, "")


def sandboxed(district: District) -> str:
    """Each platform by its sandbox twin."""
    return ",".join(f"{platform}=sandbox" for platform in district.policy.sync.platforms)


def tried_out(district: District) -> str:
    """For a rehearsal: the twins where the district requires the upload, else no case of it would ever be locked."""
    return sandboxed(district) if district.policy.sync.required else ""


def on_one_machine(district: District, *, sample: bool) -> str:
    """The environment's word, else the sandbox twins; a sample sends to them only where the district requires the upload."""
    return platforms_given() or (tried_out if sample else sandboxed)(district)
