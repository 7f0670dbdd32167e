"""De-identification: what in a text may tell who somebody is, as proposals a person accepts or edits (domain §9.2); pure."""

from shared.privacy.deidentify.kinds import Kind, Proposal, certain
from shared.privacy.deidentify.proposing import applied, propose

__all__ = ["Kind", "Proposal", "applied", "certain", "propose"]
