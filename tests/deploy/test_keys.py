"""Who gets which key: the clue box's own go to intake alone (方案 七(四); domain 数据保护 6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.faults import StackError
from deploy.local.keys import NAMES, for_data, from_environment
from deploy.local.system import Secrets
from shared.contracts.topics import SERVICES
from shared.privacy.sealing import Sealer, Unsealable, new_keys


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key there is stands in the environment."""
    for name in NAMES.values():
        monkeypatch.setenv(name, new_keys())


def test_a_data_folder_gets_keys_for_the_clue_box_and_keeps_them(tmp_path: Path) -> None:
    """Made once, other than the keys of everything else; an older folder gets them too."""
    made = for_data(tmp_path)
    kept = tmp_path / "keys.env"
    kept.write_text("".join(line for line in kept.read_text().splitlines(keepends=True) if "CLUE" not in line))

    again = for_data(tmp_path)
    assert made.clue_keys not in ("", made.seal_keys)
    assert again.seal_keys == made.seal_keys
    assert for_data(tmp_path) == again


@pytest.mark.usefixtures("production")
def test_in_production_only_intake_needs_and_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process neither asks for the variable nor keeps it where it is set."""
    assert from_environment("intake").clue_keys
    assert {from_environment(name).clue_keys for name in SERVICES if name != "intake"} == {""}

    monkeypatch.delenv("BANCHENG_CLUE_KEYS")
    assert from_environment("router").seal_keys
    with pytest.raises(StackError, match="BANCHENG_CLUE_KEYS"):
        from_environment("intake")


def test_on_one_machine_too_only_intake_can_open_a_clue() -> None:
    """Five services in one process, one of them with the key."""
    secrets = Secrets(new_keys(), "", new_keys())
    sealers = {name: secrets.clue_sealer(name) for name in SERVICES}
    own = sealers.pop("intake")

    assert own is not None
    assert set(sealers.values()) == {None}
    sealed = own.seal("有人收代办费", case_no="XS2611239000001", label="clue", masked="（线索件，已密封）")
    with pytest.raises(Unsealable):
        Sealer.from_environment(secrets.seal_keys).open(sealed, case_no="XS2611239000001")
