"""What a search for a quieter setting of a rule found, as a panel: the change, before and after, and what to write."""

from collections.abc import Mapping
from typing import Any

from dash import html

from console import format, markup
from console.panel import Column
from console.table import plain_table
from core.alerting.proposals import Asked

COLUMNS = (
    Column("what", "Setting"), Column("pages", "Firings", "int"), Column("messages", "Messages", "int"),
    Column("false", "Of them wrong or useless", "int"),
    Column("unjudged", "Not judged", "int"), Column("delay", "Median delay", "right"),
)  # fmt: skip
DAY = 86_400.0
OWN_FIELDS = ("for", "keep_firing_for", "no_data_after", "group", "group_wait", "group_lasting")


def sheets(asked: Mapping[str, Asked], prefix: str) -> list[html.Section]:
    """A panel for the newest search of each rule."""
    return [_sheet(one, prefix) for one in sorted(asked.values(), key=lambda one: -one.id)]


def _sheet(one: Asked, prefix: str) -> html.Section:
    note = f"asked by {one.requested_by}, {one.requested_at:%Y-%m-%d %H:%M} UTC"
    return markup.sheet(f"proposal-{one.rule}", f"Quieter setting of {one.rule}", *_body(one, prefix), note=note)


def _body(one: Asked, prefix: str) -> list[Any]:
    if one.state in ("queued", "running"):
        return [html.P("A worker searches; this takes up to a minute.")]
    if one.result is None:
        return [html.P(format.sentence(one.message or "it failed"))]
    found = one.result
    days = format.number(max(1, round((found["end"] - found["start"]) / DAY)))
    told = (
        f"{found['tried']} settings ran over the stored history of {days} days: {found['right']} of its incidents were "
        f"judged right, {found['false']} wrong or useless."
    )
    before, after = found.get("before"), found.get("after")
    rows = [_row("today", before)] if before else []
    if not before or not after:
        return [html.P(told), html.P(format.sentence(found["why"])), _table(one.rule, rows)]
    rows.append(_row(", ".join(f"{name} = {value}" for name, value in found["set"].items()), after))
    unsure = after["unjudged"] < before["unjudged"]
    warning = f" {before['unjudged'] - after['unjudged']} that nobody judged would not fire: judge them first."
    return [
        html.P(f"{told} None that was right is lost.{warning if unsure else ''}"),
        _table(one.rule, rows),
        html.P(["Nothing changes by itself. To apply it, write into the rule ", html.B(one.rule), " of rules.toml:"]),
        html.Pre(html.Code(_toml(found["set"])), className="border rounded p-2"),
        html.P(markup.link("Backtest it yourself", f"{prefix}alerts/backtests?rule={one.rule}")),
    ]


def _row(name: str, side: Mapping[str, Any]) -> list[Any]:
    delay = [format.duration(side["delay"]), side["delay"]]
    return [name, name, side["pages"], side.get("messages", side["pages"]), side["false"], side["unjudged"], delay]


def _table(rule: str, rows: list[list[Any]]) -> html.Div:
    return plain_table(f"compared-{rule}", f"Settings of {rule}", COLUMNS, rows)


def _toml(changed: Mapping[str, Any]) -> str:
    lines = [f"{name} = {_written(value)}" for name, value in changed.items() if name in OWN_FIELDS]
    inside = [f"{name} = {value:g}" for name, value in changed.items() if name not in OWN_FIELDS]
    return "\n".join([*lines, *([f"# in parameters: {', '.join(inside)}"] if inside else [])])


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'
