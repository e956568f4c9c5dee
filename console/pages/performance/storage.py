"""Storage: how much each kind of data takes, how it grows and when what is old goes; archives and deletions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dash import html
from flask import Response, abort, g

from console import format, forms, markup
from console.actions import Done, Form, action
from console.auth.context import AuthContext
from console.page import File, Page, PageContext, View
from console.pages.performance import parts, reading
from console.panel import Column
from console.table import table
from core import clock
from core.db import stored_kinds
from core.db.engine import Database
from core.db.queries import query
from core.endpoints import storage_jobs
from core.endpoints.storage import ROUTE, Archive, Job, KindSize, Storage
from core.endpoints.storage_jobs import ARCHIVE, FOLDER, PURGE
from core.web.download import attachment

EVERY = 30.0
PATH = "performance/storage"
PIECE = 64 * 1024
COLUMNS = (
    Column("kind", "Data", "two", "200px"), Column("size", "Size", "right", "84px"),
    Column("share", "Share", "meter", "110px"), Column("indexes", "Indexes", "right", "84px"),
    Column("rows", "Rows, about", "int", "100px"), Column("growth", "A day", "right", "84px"),
    Column("keep", "Kept", "two", "200px"), Column("full", "At full retention", "right", "110px"),
    Column("oldest", "Oldest (UTC)", "when", "120px"), Column("next", "Next deletion (UTC)", "when", "130px"),
    Column("trend", "Size by day", "spark", "120px"),
)  # fmt: skip
ARCHIVES = (
    Column("file", "File", "page"), Column("kind", "Data"), Column("before", "Before (UTC)", "when"),
    Column("rows", "Rows", "int"), Column("bytes", "Size", "right"), Column("sha", "SHA-256", "more"),
    Column("host", "Host", "mono"), Column("by", "By"), Column("at", "Written (UTC)", "when"),
)  # fmt: skip
JOBS = (
    Column("what", "Job", "two"), Column("state", "State", "state"), Column("before", "Before (UTC)", "when"),
    Column("message", "Result", "long"), Column("by", "By"), Column("at", "Requested (UTC)", "when"),
)  # fmt: skip
STATES = {
    "queued": ("", "clock", "Queued"), "running": ("ok", "arrow-repeat", "Running"),
    "done": ("good", "check-lg", "Done"),
    "failed": ("blocked", "x-octagon-fill", "Failed"), "cancelled": ("muted", "slash-circle", "Cancelled"),
}  # fmt: skip
NOTHING = "Nothing was measured yet. The collector measures when it starts, soon after, and every 15 minutes."
FILE = "retention.toml"


def content(context: PageContext) -> View:
    """Sizes by kind, and for administrators archive and delete."""
    shown = reading.read(context.auth.api, ROUTE, reading.only(reading.asked({})), Storage)
    found = shown.found
    body: list[Any] = []
    if found is not None:
        body = [_figures(found), _table(found)]
        if context.can("admin"):
            body += [_forms(context), _archives(found), _jobs(found)]
    page = markup.page(
        "storage", "Storage", parts.notes(shown), *body, back=("Performance", f"{context.prefix}performance"), wide=True
    )  # fmt: skip
    return View(page, every=EVERY)


def _size(one: KindSize) -> int:
    return one.table_bytes + one.index_bytes


def _figures(found: Storage) -> html.Div:
    grows = sum(one.growth or 0.0 for one in found.kinds)
    known = [one.at_full_retention if one.at_full_retention is not None else _size(one) for one in found.kinds]
    soon = min(
        (one for one in found.kinds if one.next_deletion), key=lambda one: one.next_deletion or 0.0, default=None
    )
    days = [sum(column) for column in zip(*(one.trend for one in found.kinds), strict=True)]
    return parts.cards([
        parts.card("size", "Database", *parts.split(format.size(found.database_bytes)),
                   f"measured {markup.minute(found.measured_at)} UTC", days),
        parts.card("growth", "Growth", *parts.split(format.size(grows)), "a day, before deletions"),
        parts.card("full", "At full retention", *parts.split(format.size(sum(known))), "if it goes on like this"),
        parts.card("next", "Next deletion", markup.minute(soon.next_deletion)[:10] if soon else format.NONE, "",
                   soon.title if soon else "nothing is old enough to say"),
    ])  # fmt: skip


def _table(found: Storage) -> html.Section:
    whole = sum(map(_size, found.kinds)) or 1
    return table(
        "kinds", "What is kept", COLUMNS, [_row(one, whole) for one in found.kinds], NOTHING, note="largest first"
    )  # fmt: skip


def _row(one: KindSize, whole: int) -> list[Any]:
    share = _size(one) / whole
    kept = ["for ever", None] if one.keep_days is None else [f"{one.keep_days:,} days", f"{one.keep} in {FILE}"]
    return [
        one.name, [one.title, _tables(one.name)], [format.size(_size(one)), _size(one)],
        [f"{100 * share:.1f} %", share],
        [format.size(one.index_bytes), one.index_bytes], one.rows,
        None if one.growth is None else [format.size(one.growth), one.growth], kept,
        None if one.at_full_retention is None else [format.size(one.at_full_retention), one.at_full_retention],
        None if one.oldest is None else int(one.oldest * 1000),
        None if one.next_deletion is None else int(one.next_deletion * 1000), one.trend,
    ]  # fmt: skip


def _tables(name: str) -> str:
    known = stored_kinds.BY_NAME.get(name)
    return ", ".join(known.tables[:3]) if known else "all other tables"


def _forms(context: PageContext) -> html.Div:
    kinds = {one.name: one.title for one in stored_kinds.ALL if one.may_go}
    first = next(iter(kinds))
    archived = forms.form(
        context.prefix, archive,
        [forms.choice("kind", "Data", kinds, first),
         forms.text("before", "Rows before (UTC)", required=True, placeholder="2026-01-31", maxlength=10)],
        "Archive",
    )  # fmt: skip
    deleted = forms.form(
        context.prefix, purge,
        [forms.choice("kind", "Data", kinds, first),
         forms.text("before", "Months that end before (UTC)", required=True, placeholder="2026-01-31", maxlength=10)],
        "Delete", tone="danger",
        ask="Every month of this data that ends before the day is deleted. This cannot be undone. Archive it first.",
    )  # fmt: skip
    return html.Div(
        [
            html.Div(
                markup.sheet(
                    "archive", "Archive", archived, note=f"compressed CSV files below GATEHOUSE_DATA/{FOLDER}"
                ),
                className="g-col-12 g-col-xl-6",
            ),
            html.Div(
                markup.sheet("delete", "Delete", deleted, note=f"nothing younger than {stored_kinds.LEAST_DAYS} days"),
                className="g-col-12 g-col-xl-6",
            ),
        ],
        className="grid",
    )


def _archives(found: Storage) -> html.Section:
    rows = [_archive(one) for one in found.archives]
    return table("archives", "Archives", ARCHIVES, rows, "No archives yet.", note="newest first")


def _archive(one: Archive) -> list[Any]:
    known = stored_kinds.BY_NAME.get(one.kind)
    return [
        f"{one.id}", [one.file, f"{PATH}/archives/{one.id}"], known.title if known else one.kind,
        int(one.before * 1000), one.rows, [format.size(one.bytes), one.bytes], [one.sha256[:12], one.sha256],
        one.host, one.actor,
        int(one.created_at * 1000),
    ]  # fmt: skip


def _jobs(found: Storage) -> html.Section:
    rows = [_job(place, one) for place, one in enumerate(found.jobs)]
    return table("jobs", "Recent jobs", JOBS, rows, "No archives or deletions were requested.", whole=False)


def _job(place: int, one: Job) -> list[Any]:
    known = stored_kinds.BY_NAME.get(one.kind)
    return [
        f"{place}", ["Archive" if one.job == ARCHIVE.name else "Delete", known.title if known else one.kind],
        [*STATES.get(one.state, ("", "", one.state)), ""], int(one.before * 1000), one.message or None, one.actor,
        int(one.at * 1000),
    ]  # fmt: skip


@action("performance/storage/archive", role="admin", name="storage_archive", step_up=True)
def archive(auth: AuthContext, form: Form) -> Done:
    """Ask for an archive."""
    title = _request(auth, form, ARCHIVE)
    return Done(f"Archive of {title} requested. It appears below when it is written.", go=PATH)


@action("performance/storage/delete", role="admin", name="storage_delete", step_up=True)
def purge(auth: AuthContext, form: Form) -> Done:
    """Ask for the end of old rows."""
    title = _request(auth, form, PURGE)
    report = ("high", "storage-delete", f"deleted {title} before {form.text('before', 10)}")
    return Done(f"Deletion of {title} requested.", go=PATH, report=report)


def _request(auth: AuthContext, form: Form, job: Any) -> str:
    kind = form.text("kind", 40)
    with auth.database.transaction() as connection:
        storage_jobs.request(
            connection, auth.audit, job, kind, form.text("before", 10), g.session.user, clock.now()
        )  # fmt: skip
    g.audited = True
    return stored_kinds.BY_NAME[kind].title.lower()


def download(context: PageContext) -> Response:
    """An archive, where this machine has it."""
    found = _file(context.auth.database, context.auth.settings.data_dir / FOLDER, int(context.names["number"]))
    if found is None:
        abort(404)
    with context.auth.database.transaction() as connection:
        context.auth.audit.append(
            connection, context.session.user, "storage.download", f"archive:{context.names['number']}", None,
            {"file": found.name},
        )  # fmt: skip
    return attachment(_pieces(found), "application/gzip", found.name)  # type: ignore[arg-type]


def _file(database: Database, folder: Path, number: int) -> Path | None:
    if number > 2**31 - 1:
        return None
    with database.transaction() as connection:
        row = connection.execute(query("storage.archive"), {"id": number}).first()
    path = folder / row.file if row is not None else None
    return path if path is not None and path.parent == folder and path.is_file() else None


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


PAGE = Page(
    name="performance_storage",
    path=PATH,
    title="Storage",
    role="viewer",
    content=content,
    under="performance",
    actions=(archive, purge),
    files=(File("storage_archive_file", f"{PATH}/archives/<int:number>", download, role="admin"),),
)
