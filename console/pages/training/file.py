"""One file that somebody gave to train on: what a worker saw in it, which column is what, and the run that follows."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from flask import abort, g

from console import forms
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.auth.roles import reaches
from console.format import sentence, size
from console.markup import bar, calm, page, said, sheet
from console.model_tabs import model_tabs
from console.page import Page, PageContext, View
from console.pages.lookup import get_or_404
from console.pages.training import mapping as mappings
from console.pages.training import preview
from console.pages.training.preview import ColumnRole, Row
from console.pages.training.requests import ask, sure
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from core import clock
from core.errors import BadInput
from core.models import training_runs, uploads
from core.models.file_preview import FilePreview
from core.models.uploads import Upload

WAITING_SECONDS = 10.0  # a file that nobody looked at for so long wants a word
QUICK = 0.7  # seconds between looks, until a worker has looked
COLUMNS = (
    Column("name", "Column", "mono"),
    Column("kind", "Type"),
    Column("missing", "Missing"),
    Column("distinct", "Distinct"),
    Column("values", "Values", "two"),
    Column("use", "Use", "choose"),
)
SPLIT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("test_share", "Test share: the newest rows (empty: as configured)", {"inputmode": "decimal", "maxlength": 12}),
    ("test_days", "Test days: the newest, or from the day in “Test from”", {"inputmode": "decimal", "maxlength": 12}),
    ("test_from", "Test from (day or time in UTC)", {"placeholder": "2026-01-31", "maxlength": 40}),
    ("folds", "Test folds: consecutive periods", {"inputmode": "numeric", "maxlength": 3}),
)


def content(context: PageContext) -> View:
    """What is known of the file that the address names; 404 when it is kept no more."""
    one = _one(context.auth, context.names["number"])
    settled = one.state in ("looked", "refused")
    shown = page(
        "training_file",
        f"Train from {one.name}",
        model_tabs(context, "model/training"),
        html.Div(f"{one.name}: {one.state}", className="visually-hidden", role="status"),
        *_body(context, one),
        back=("All runs and files", f"{context.prefix}model/training"),
        wide=True,
    )
    return View(shown, title=f"Train from {one.name}", every=0.0 if settled else QUICK)


def _body(context: PageContext, one: Upload) -> list[Any]:
    address = f"{context.prefix}model/training/files/{one.id}/discard"
    if one.state == "refused":
        words = [html.B("This file cannot be read."), f" {one.message}"]
        go = forms.press("Delete it and upload another", address, "", "secondary", "arrow-repeat")
        return [said(words, "x-octagon-fill", "bad"), *([html.Div(go, className="buttons")] if _is_theirs(one) else [])]
    if one.look is None:
        late = clock.now() - one.uploaded_at.timestamp() > WAITING_SECONDS
        more = "No training worker has responded yet. Start one with python -m ml worker (make run does this)."
        waits = calm(
            "hourglass-split",
            "A training worker is reading the file",
            more if late else "Its columns appear here automatically.",
        )
        return [html.Section([waits, _waiting()], className="panel sheet card")]
    ask_first = "This deletes the file. Models trained on it are kept."
    leave = [html.Div(forms.press("Delete file", address, ask_first), className="buttons")] if _is_theirs(one) else []
    notes = [said(note, "exclamation-triangle-fill", "warn") for note in one.look.notes]
    return [*notes, _form(context, one, one.look, _first(context, one, one.look)), *leave]


def _waiting() -> html.Div:
    return html.Div(bar("Waiting"), className="body card-body")


def _first(context: PageContext, one: Upload, look: FilePreview) -> Mapping[str, str]:
    """What the form says at first: as an earlier run on this file had it, or as was guessed."""
    earlier = context.args.get("run", "")
    run = training_runs.one(context.auth.database, int(earlier)) if earlier.isdecimal() and len(earlier) < 10 else None
    return mappings.of_options(run.options, look) if run and run.upload == one.id else mappings.guessed(look)


def _form(context: PageContext, one: Upload, look: FilePreview, form: Mapping[str, str]) -> Any:
    rows = preview.shown(look)
    note = f"{look.rows:,} rows, {len(look.columns)} columns, {size(one.size)}; detected automatically, please check"
    columns = [field for part in preview.PARTS for field in _part(part, rows, form)]
    roles = sheet(
        "parts",
        "Column mapping",
        html.Div(columns, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        forms.tick("skip_unlabelled", "Skip rows without a label", bool(form.get("skip_unlabelled"))),
        note=note,
    )
    uses = sheet(
        "uses",
        "Columns",
        html.P(id="w-uses", className="wrong pad", role="alert"),
        plain_table("uses-rows", "Columns of the file", COLUMNS, [_column(row, form) for row in rows]),
        note="columns with a role above are excluded from training, except the amount",
        plain=True,
    )
    made = forms.form(
        context.prefix, start, [roles, uses, _how(context, form)], [icon("play-fill"), "Train"],
        path=f"model/training/files/{one.id}",
    )  # fmt: skip
    return html.Div(made, className="mapping")


def _part(part: ColumnRole, rows: Sequence[Row], form: Mapping[str, str]) -> list[Any]:
    none = "choose" if part.name == "label" else "none"
    options = {"": none, **{str(row.position): row.name for row in rows}}
    found = [forms.choice(part.name, f"{part.words}: {part.why}", options, form.get(part.name, ""))]
    if part.name == "label":
        words = (
            ("fraud_is", "Fraud value (empty: 1, true, yes, fraud)", 100),
            ("legit_is", "Legitimate values, comma-separated (empty: all others)", mappings.NOTE),
        )
        found += [forms.text(name, label, form.get(name, ""), maxlength=most) for name, label, most in words]
    return found


def _column(row: Row, form: Mapping[str, str]) -> list[Any]:
    small = " · ".join([*([row.extent] if row.extent else []), *_left_out(row)])
    use = [f"use-{row.position}", f"Use of {row.name}", form.get(f"use-{row.position}", "auto"), *preview.USES.items()]
    return [row.position, row.name, row.kind, row.missing, row.distinct, [row.examples, small], use]


def _left_out(row: Row) -> list[str]:
    return [f"always excluded: {row.why_not}"] if row.why_not else []


def _how(context: PageContext, form: Mapping[str, str]) -> html.Section:
    choices = [
        forms.choice("algorithm", "Algorithm", mappings.ALGORITHMS, form.get("algorithm", "boosted")),
        forms.text("delay_days", "Label delay in days", form.get("delay_days", "0"), inputmode="decimal", maxlength=8),
    ]
    if context.can("operator"):
        choices.append(forms.choice("promote", "After training", mappings.PROMOTE, form.get("promote", "never")))
    split = [forms.text(name, words, form.get(name, ""), **more) for name, words, more in SPLIT]
    known = "Keep cards and wallets with known fraud in the test"
    return sheet(
        "how",
        "Training options",
        html.Div(choices, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        html.Div(split, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        forms.tick("shuffle", "Random test split (adds a warning to the model card)", bool(form.get("shuffle"))),
        forms.tick("keep_known", known, bool(form.get("keep_known"))),
        forms.text("note", "Note (kept with the model)", form.get("note", ""), maxlength=mappings.NOTE),
    )


def _is_theirs(one: Upload) -> bool:
    return bool(one.uploaded_by == g.session.user or reaches(g.session.role, "operator"))


def _one(auth: AuthContext, number: int) -> Upload:
    return get_or_404(auth.database, uploads.one, number, "This file has been deleted. Upload it again.")


@action("model/training/files/<int:number>", role="analyst", name="training_start")
def start(auth: AuthContext, form: Form) -> Any:
    """Ask for a run on the file, mapped as the form says."""
    number = int(form.names["number"])
    one = _one(auth, number)
    if one.look is None:
        raise Refusal("No worker has read the file yet.", 409)
    options, wrong = mappings.parsed(form.values, one.look, g.session.role)
    if wrong:
        raise Refusal.by_field(wrong, f"Not started: {next(iter(wrong.values()))}")
    if unsure := sure(auth, options):
        return unsure
    try:
        run = ask(auth, {**options, "file": one.name}, number)
    except BadInput as error:
        abort(404, sentence(error.reason))
    return Done("", go=f"model/training/runs/{run}")


@action("model/training/files/<int:number>/discard", role="analyst", name="training_discard")
def discard(auth: AuthContext, form: Form) -> Done:
    """Delete the file; models that were trained on it stay."""
    number = int(form.names["number"])
    if not _is_theirs(_one(auth, number)):
        raise Refusal("Only the uploader or an operator can delete the file.", 403)
    try:
        with auth.database.transaction() as connection:
            uploads.discard(connection, auth.audit, number, g.session.user)
    except BadInput as error:
        raise Refusal(sentence(error.reason), 409) from None
    return Done("File deleted.", go="model/training")


PAGE = Page(
    name="training_file",
    path="model/training/files/<int:number>",
    title="Train from a file",
    role="analyst",
    content=content,
    actions=(start, discard),
    under="model",
)
