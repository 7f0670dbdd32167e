"""What enters the ledger opens nothing and finds nobody."""

from __future__ import annotations

import pytest

from services.archive.domain.lines import event_in, line_of
from services.archive.domain.stripping import keyless
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.sealed import Sealed, SealedContact
from shared.privacy.sealing import Forgotten, Sealer, Unsealable, new_keys
from shared.testing.events import a_case_registered
from tests.services.archive.test_record import placed

SEALER = Sealer.from_environment(new_keys())
CASE = "PT2611230010001"
PHONE = "13812345678"


def registered(sealed: Sealed) -> CaseRegistered:
    contact = SealedContact(name=None, phone=sealed, party_ref=SEALER.blind(PHONE, "party"))
    event = a_case_registered("2026-11-23 10:00", case_no=CASE, contact=contact)
    (stamped,) = placed(event)
    assert isinstance(stamped, CaseRegistered)
    return stamped


def phone_box(*, own_key: bool) -> Sealed:
    under = SEALER.new_case_key(CASE) if own_key else None
    return SEALER.seal(PHONE, case_no=CASE, label="phone", masked="138****5678", under=under)


@pytest.mark.parametrize("own_key", [True, False])
def test_a_line_opens_nothing(own_key: bool) -> None:
    """Whatever the box was sealed under, the installation's keys do not open what the ledger holds of it."""
    event = registered(phone_box(own_key=own_key))
    line = line_of(event)
    again = event_in(line)

    assert isinstance(again, CaseRegistered)
    assert again.contact.phone is not None
    assert again.contact.phone.masked == "138****5678"
    with pytest.raises(Forgotten):
        SEALER.open(again.contact.phone, case_no=CASE)
    assert event.contact.party_ref not in line
    assert ((event.contact.phone and event.contact.phone.wrapped_key) or "?") not in line


def test_a_line_put_back_under_the_installations_key_opens_nothing() -> None:
    """The planted defect: somebody removes the mark of the destroyed key; there is nothing to open all the same."""
    for own_key in (True, False):
        again = event_in(line_of(registered(phone_box(own_key=own_key))))
        assert isinstance(again, CaseRegistered)
        assert again.contact.phone is not None
        with pytest.raises(Unsealable):
            SEALER.open(again.contact.phone.model_copy(update={"wrapped_key": None}), case_no=CASE)


def test_what_is_no_box_stays() -> None:
    """Only boxes and the index are touched, however deep they lie; twice is as once."""
    said = {"items": [{"box": "a", "masked": "b"}, {"n": 1}], "party_ref": "x", "box": "kept"}
    assert keyless(said) == {"items": [{"box": "a", "masked": "b"}, {"n": 1}], "party_ref": "", "box": "kept"}
    assert keyless(keyless(said)) == keyless(said)
