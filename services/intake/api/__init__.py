"""What people, clerks and channels ask of intake: JSON endpoints and pages."""

from services.intake.api.endpoints import make_api
from services.intake.api.pages import make_pages

__all__ = ["make_api", "make_pages"]
