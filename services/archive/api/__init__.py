"""What people ask of the ledger: JSON endpoints and pages."""

from services.archive.api.endpoints import make_api
from services.archive.api.pages import make_pages

__all__ = ["make_api", "make_pages"]
