"""What people and departments ask of router: JSON endpoints and pages."""

from services.router.api.endpoints import make_api
from services.router.api.pages import make_pages

__all__ = ["make_api", "make_pages"]
