"""What a silence would mute, shown in its form."""

from typing import Any
from urllib.parse import quote

from dash import html

from console import markup
from console.pages.silences.matching import Preview
from console.pages.status_style import look
from core import clock
from core.untrusted_text import settled

SHOWN = 12


def shown(prefix: str, found: Preview) -> html.Div:
    """How much it would mute, and the first of it."""
    count = len(found.now)
    fires = f"Mutes {count} firing alert{'' if count == 1 else 's'}" if count else "Mutes no firing alerts"
    told = (
        f"; it would have muted {len(found.day)} more in the last 24 h. It matches {found.rules} of {found.of} rules."
    )
    unknown = [html.B(" It matches no known rule, series or open incident.")] if found.nothing else []
    rows = [*found.now, *found.day]
    rest = [html.Li(f"and {len(rows) - SHOWN:,} more")] if len(rows) > SHOWN else []
    lines = [html.Ul([*[_line(prefix, one) for one in rows[:SHOWN]], *rest], className="lines")] if rows else []
    return html.Div([html.P([html.B(fires), told, *unknown]), *lines], className="preview", id="preview", role="status")


def _line(prefix: str, one: dict[str, Any]) -> html.Li:
    tag = [html.Span(settled(one["series"]), className="tag mono")] if one["series"] else []
    now = clock.to_datetime(clock.now())
    return html.Li(
        [
            markup.chip(*look(one["severity"])),
            markup.link(one["title"], f"{prefix}alerts/incidents/{quote(one['id'], safe='')}"),
            *tag,
            markup.moment(one["opened_at"], now),
            markup.chip(*look("resolved" if one["resolved_at"] else "firing")),
        ]
    )
