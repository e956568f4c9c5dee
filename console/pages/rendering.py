"""Pages that the server renders whole (account, users …): the bar with what a role may open, and how they are shown."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, g, make_response, render_template

from console.auth.context import Door
from console.navigation import offered
from core import clock


def show(door: Door, template: str, here: str, status: int = 200, **values: Any) -> Response:
    """A page for whoever is logged in."""
    page = render_template(
        template,
        prefix=door.prefix,
        session=g.session,
        csrf=g.session.csrf,
        nav=offered(current_app.extensions["bar"], door.prefix, g.session.role),
        here=here,
        when=when,
        now_ms=int(clock.now() * 1000),
        **values,
    )
    return make_response(page, status)


def when(value: datetime | float | None) -> str:
    """A time as people read it, UTC; a dash for none."""
    if value is None:
        return "–"
    at = value if isinstance(value, datetime) else clock.to_datetime(value)
    return at.strftime("%Y-%m-%d %H:%M")
