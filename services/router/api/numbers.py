"""How a request names an order."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

OrderNumber = Annotated[str, Path(pattern=r"^PT[0-9A-Z]{13,18}-[0-9]{2,3}$", description="承办单编号")]
