"""What people ask of the ledger: JSON endpoints and pages."""

from services.archive.api.endpoints import make_api
from services.archive.api.library_search import Searching
from services.archive.api.pages import make_pages
from services.archive.api.pattern_desk import PatternDesk
from services.archive.api.pattern_pages import add_pattern_pages
from services.archive.api.patterns import add_patterns

__all__ = ["PatternDesk", "Searching", "add_pattern_pages", "add_patterns", "make_api", "make_pages"]
