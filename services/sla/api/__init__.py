"""What people ask of SLA over HTTP: JSON endpoints and pages."""

from services.sla.api.endpoints import make_api
from services.sla.api.pages import make_pages

__all__ = ["make_api", "make_pages"]
