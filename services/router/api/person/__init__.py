"""The person's own pages: `/p`, one case by 工单编号 and 查询码 (usability §3.3)."""

from services.router.api.person.door import Door
from services.router.api.person.files import Folder
from services.router.api.person.pages import person_pages

__all__ = ["Door", "Folder", "person_pages"]
