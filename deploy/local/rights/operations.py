"""Every operation of the site: method and path pattern, found in the application itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI


def operations(site: FastAPI) -> list[str]:
    """`POST /api/intake/hall` and so on: endpoints, pages and forms, each once."""
    return list(dict.fromkeys(_found(site.routes, "")))


def _found(routes: Sequence[Any], prefix: str) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None)  # FastAPI keeps an included router as one route
        if inner is not None:
            yield from _found(inner.routes, prefix + route.include_context.prefix)
        elif methods := getattr(route, "methods", None):
            yield from (f"{method} {prefix}{route.path}" for method in sorted(methods - {"HEAD"}))
