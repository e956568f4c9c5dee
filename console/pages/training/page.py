"""Training from the console (L3): give a file or take stored labels, and see every run."""

from collections.abc import Sequence
from typing import Any

from dash import html
from flask import g

from console import forms
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext, strip_control
from console.format import NONE, duration, number, sentence, size
from console.markup import minute, page, sheet
from console.model_tabs import model_tabs
from console.page import Page, PageContext, View
from console.pages.status_style import length
from console.pages.training import file, looks, run
from console.pages.training import mapping as mappings
from console.pages.training.requests import ask, available, sure
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table, table, when
from core import clock
from core.errors import BadInput
from core.models import training_runs, uploads
from core.models.training_runs import Run
from core.models.uploads import Upload
from core.settings import Settings

RUNS = 50
HOUR = 3600.0
EVERY, QUICK = 5.0, 1.0  # seconds; quick while a run is under way
ACCEPT = ".csv,.tsv,.txt,.gz,.parquet,text/csv"
RUN_COLUMNS = (
    Column("id", "No.", "page"),
    Column("state", "State", "chips"),
    Column("progress", "Progress", "meter"),
    Column("source", "Data", "two"),
    Column("kind", "Kind"),
    Column("by", "By"),
    Column("asked", "Requested (UTC)", "two"),
    Column("took", "Duration"),
    Column("result", "Result", "two"),
)
FILE_COLUMNS = (
    Column("name", "File", "two"),
    Column("state", "State", "state"),
    Column("size", "Size"),
    Column("by", "By"),
    Column("given", "Uploaded (UTC)", "when"),
    Column("goes", "Expires (UTC)", "when"),
)
FILE_STATES = {
    "looked": ("good", "check-circle-fill", "Ready"),
    "refused": ("blocked", "x-octagon-fill", "Cannot be read"),
}
BEING_READ = ("review", "hourglass-split", "Reading")
AVAILABLE = (Column("days", "Last"), Column("rows", "Labelled", "int"), Column("frauds", "Frauds", "int"))
NO_RUN = "No training runs yet. The training worker starts one every week; you can start one above."


def content(context: PageContext) -> View:
    """The two ways to train, the runs, newest first, and the files that are kept."""
    auth = context.auth
    runs, files = training_runs.listed(auth.database, RUNS), uploads.listed(auth.database)
    busy = [one for one in runs if one.state == "running"]
    shown = page(
        "training",
        "Training",
        model_tabs(context, "model/training"),
        html.Div([_from_file(context), _from_labels(context)], className="grid cols-1 cols-md-2 align-items-start mb-3")
        if context.can("analyst")
        else None,
        html.Div(
            [f"Run {one.id}: {one.message}. " for one in busy],
            className="visually-hidden",
            role="status",
        ),
        table("runs", "Runs", RUN_COLUMNS, [_run(one) for one in runs], NO_RUN, "newest first"),
        _files(context, files) if files else None,
        wide=True,
    )
    return View(shown, every=QUICK if busy else EVERY)


def _from_file(context: PageContext) -> html.Section:
    limits = context.auth.settings.config.uploads
    hint = f"You map its columns in the next step. The file is kept for {number(limits.keep_hours)} hours."
    field = forms.upload("file", "Labelled transactions (file)", ACCEPT, limits.max_bytes, hint)
    note = f"CSV with any delimiter, UTF-8 or UTF-16, gzip, Parquet; at most {size(limits.max_bytes)}"
    made = forms.form(context.prefix, upload, [field], [icon("arrow-up"), "Upload"])
    return sheet("give", "Train from a file", made, note=note)


def _from_labels(context: PageContext) -> html.Section:
    found = available(context.auth)
    rows = [[one.days, f"{one.days} days", one.rows, one.frauds] for one in found]
    why = ""
    if not found[-1].frauds:
        why = "No labelled frauds yet. Training needs frauds and legitimate transactions."
        if not found[-1].rows:
            why = "No labels yet. Label transactions or upload labels on the Transactions page."
    choices = [
        forms.text("days", "Days", "60", type="number", min=1, max=3650),
        forms.choice("algorithm", "Algorithm", mappings.ALGORITHMS, "boosted"),
    ]
    if context.can("operator"):
        choices.append(forms.choice("promote", "After training", mappings.PROMOTE, "ask"))
    fields = [
        html.Div(plain_table("available-rows", "Labelled predictions to learn from", AVAILABLE, rows), id="available"),
        *([html.P(why, className="text-body-secondary mb-2")] if why else []),
        html.Div(choices, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        forms.text("note", "Note (kept with the model)", maxlength=mappings.NOTE),
    ]
    made = forms.form(context.prefix, stored, fields, [icon("play-fill"), "Train"])
    return sheet("stored", "Train from stored labels", made, note="scored transactions that have a label")


def _run(one: Run) -> list[Any]:
    asked = minute(one.requested_at)
    if one.kind == "scheduled" and one.state == "queued":
        asked = f"due {minute(one.due_at)}"
    took = length(one.started_at, one.finished_at)
    if one.state == "running" and one.started_at:
        took = duration(clock.now() - one.started_at.timestamp())
    progress = [f"{100 * one.progress:.0f} %", one.progress] if one.state == "running" else [NONE]
    return [
        one.id, [str(one.id), f"model/training/runs/{one.id}"], looks.states(one), progress,
        [looks.source(one), one.reason], one.kind, one.requested_by, [asked], took, looks.result(one),
    ]  # fmt: skip


def _files(context: PageContext, files: Sequence[Upload]) -> html.Section:
    opens = context.can("analyst")
    rows = [
        [
            f"f{one.id}", [one.name, one.message, f"model/training/files/{one.id}" if opens else ""],
            [*FILE_STATES.get(one.state, BEING_READ), ""], size(one.size), one.uploaded_by, when(one.uploaded_at),
            when(one.expires_at),
        ]
        for one in files
    ]  # fmt: skip
    return table("files", "Uploaded files", FILE_COLUMNS, rows, "", "available for training until they expire")


def _largest(settings: Settings) -> int:
    return settings.config.uploads.max_bytes


@action("model/training/files", role="analyst", name="training_upload", largest=_largest)
def upload(auth: AuthContext, form: Form) -> Done:
    """Keep a file to train on; a training worker looks at it."""
    limits, given = auth.settings.config.uploads, form.file("file")
    if given is None:
        raise Refusal(file="Choose a file.")
    name = strip_control((given.filename or "").replace("\\", "/").rsplit("/", 1)[-1])[:120] or "file"
    try:
        kept = uploads.store(
            auth.database, auth.audit, name, given.stream, g.session.user, clock.now(), most_bytes=limits.max_bytes,
            keep_seconds=limits.keep_hours * HOUR, most_files=limits.most,
        )  # fmt: skip
    except BadInput as error:
        raise Refusal(file=sentence(error.reason)) from None
    return Done("", go=f"model/training/files/{kept}")


@action("model/training/stored", role="analyst", name="training_stored")
def stored(auth: AuthContext, form: Form) -> Any:
    """Ask for a run from the stored labels."""
    wrong: dict[str, str] = {}
    options = mappings.how(form.values, g.session.role, wrong)
    days = str(form.values.get("days", ""))
    if not days.isdecimal() or len(days) > 4 or not 1 <= int(days) <= 3650:
        wrong["days"] = "Between 1 and 3,650 days."
    if wrong:
        raise Refusal.by_field(wrong)
    if unsure := sure(auth, options):
        return unsure
    return Done("", go=f"model/training/runs/{ask(auth, {**options, 'days': int(days)})}")


PAGE = Page(
    name="model_training",
    path="model/training",
    title="Training",
    role="viewer",
    content=content,
    actions=(upload, stored),
    under="model",
)
PAGES = (PAGE, file.PAGE, run.PAGE)
