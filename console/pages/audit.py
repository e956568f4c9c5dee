"""The audit log: who changed what, when, from where; filters, CSV of what is filtered, and the proof of the chain."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, request

from console.auth.door import Door
from console.difference import difference
from console.pages.plain import show
from core import clock, codec
from core.store import audit, audit_check
from core.store.audit import Entry, Filter

PAGE = 50


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>audit`, its CSV and its check."""

    @server.get(f"{door.prefix}audit", endpoint="audit")
    def page() -> Response:
        return _page(door)

    @server.get(f"{door.prefix}audit.csv", endpoint="audit_csv")
    def download() -> Response:
        wanted, _ = _filter()
        name = f"gatehouse-audit-{clock.to_datetime(clock.now()):%Y%m%d-%H%M%S}.csv"
        answer = Response(audit.export(audit.everything(door.database, wanted)), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @server.post(f"{door.prefix}audit/verify", endpoint="audit_verify")
    def verify() -> Response:
        return _page(door, verdict=audit_check.verify(door.database, door.settings.secret_key))


def _page(door: Door, **values: Any) -> Response:
    wanted, wrong = _filter()
    below = request.args.get("below", "")
    rows = audit.listed(door.database, wanted, int(below) if below.isdecimal() and len(below) < 16 else None, PAGE + 1)
    typed = {name: request.args.get(name, "") for name in ("actor", "action", "target", "from", "to", "batches")}
    values = {"verdict": None, **values}
    return show(
        door, "audit.html", "audit", 400 if wrong else 200, rows=rows[:PAGE], change=change, typed=typed, wrong=wrong,
        query={name: value for name, value in typed.items() if value},
        older=rows[PAGE - 1].seq if len(rows) > PAGE else None, **values,
    )  # fmt: skip


def change(row: Entry) -> str:
    """What a row changed, in words; the page has the documents themselves on hover."""
    before, after = (codec.decode(text.encode()) if text else None for text in (row.before, row.after))
    return difference(before, after)


def _filter() -> tuple[Filter, dict[str, str]]:
    """What the address asks for, and what is wrong with it by field; dates are whole days, UTC."""
    wrong: dict[str, str] = {}
    start, end = _day("from", wrong), _day("to", wrong)
    texts = {name: request.args.get(name, "").strip()[:200] or None for name in ("actor", "action", "target")}
    hide = request.args.get("batches") == "hide"
    return Filter(**texts, start=start, end=end + timedelta(days=1) if end else None, without_batches=hide), wrong


def _day(name: str, wrong: dict[str, str]) -> datetime | None:
    text = request.args.get(name, "")
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError:
        wrong[name] = "Give a day as YYYY-MM-DD."
        return None
