"""What a page says about what was just done."""

from __future__ import annotations

from fastapi import Request

from services.router.api.form_kinds import ActForm
from services.router.api.unit_forms import UNIT_FORMS
from services.router.api.window_forms import WINDOW_FORMS

FORMS: dict[str, ActForm] = {form.act: form for form in (*WINDOW_FORMS, *UNIT_FORMS)}


def flash(request: Request) -> dict[str, str] | None:
    """What was just done, from the address a form led to; nothing for an address that says nothing known."""
    form = FORMS.get(request.query_params.get("done", ""))
    of = request.query_params.get("of", "")
    return {"words": form.done, "of": of} if form and of.isalnum() and of.isascii() else None
