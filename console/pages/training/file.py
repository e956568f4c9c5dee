"""One file that somebody gave to train on: what a worker saw in it, which column is what, and the run that follows."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from flask import abort, g

from console import forms
from console.actions import Done, Form, Refusal, action
from console.attributes import attributes
from console.auth.context import Door
from console.auth.roles import reaches
from console.format import sentence, size
from console.markup import bar, calm, page, said, sheet
from console.model_tabs import model_tabs
from console.page import Context, Page, View
from console.pages.lookup import kept
from console.pages.training import mapping as mappings
from console.pages.training import preview
from console.pages.training.preview import Part, Row
from console.pages.training.requests import ask, sure
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from core import clock
from core.errors import BadInput
from core.models import training_runs, uploads
from core.models.file_preview import Look
from core.models.uploads import Upload

WAITING_SECONDS = 10.0  # a file that nobody looked at for so long wants a word
QUICK = 0.7  # seconds between looks, until a worker has looked
COLUMNS = (
    Column("name", "Column", "mono"),
    Column("kind", "Holds"),
    Column("missing", "Missing"),
    Column("distinct", "Different"),
    Column("values", "Values", "two"),
    Column("use", "Use", "choose"),
)
SPLIT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("test_share", "Test share: the newest rows (empty: as configured)", {"inputmode": "decimal", "maxlength": 12}),
    ("test_days", "Test days: the newest, or from the day in “Test from”", {"inputmode": "decimal", "maxlength": 12}),
    ("test_from", "Test from (day or time in UTC)", {"placeholder": "2026-01-31", "maxlength": 40}),
    ("folds", "Test folds: consecutive periods", {"inputmode": "numeric", "maxlength": 3}),
)


def content(context: Context) -> View:
    """What is known of the file that the address names; 404 when it is kept no more."""
    one = _one(context.door, context.names["number"])
    settled = one.state in ("looked", "refused")
    shown = page(
        "training_file",
        f"Train from {one.name}",
        model_tabs(context, "model/training"),
        html.Div(f"{one.name}: {one.state}", className="visually-hidden", **attributes({"data-announce": ""})),
        *_body(context, one),
        back=("All runs and files", f"{context.prefix}model/training"),
        wide=True,
    )
    return View(shown, title=f"Train from {one.name}", every=0.0 if settled else QUICK)


def _body(context: Context, one: Upload) -> list[Any]:
    address = f"{context.prefix}model/training/files/{one.id}/discard"
    if one.state == "refused":
        words = [html.B("This file cannot be read."), f" {one.message}"]
        go = forms.press("Let it go and give another", address, "", "secondary", "arrow-repeat")
        return [said(words, "x-octagon-fill", "bad"), *([html.Div(go, className="buttons")] if _is_theirs(one) else [])]
    if one.look is None:
        late = clock.now() - one.uploaded_at.timestamp() > WAITING_SECONDS
        more = "No worker has answered yet. One must run: python -m ml worker (make run starts it)."
        waits = calm(
            "hourglass-split",
            "A training worker looks at the file",
            more if late else "Its columns are shown here by themselves.",
        )
        return [html.Section([waits, _waiting()], className="panel sheet card")]
    ask_first = "The file is deleted; models that were trained on it stay."
    leave = (
        [html.Div(forms.press("Let the file go", address, ask_first), className="buttons")] if _is_theirs(one) else []
    )
    notes = [said(note, "exclamation-triangle-fill", "warn") for note in one.look.notes]
    return [*notes, _form(context, one, one.look, _first(context, one, one.look)), *leave]


def _waiting() -> html.Div:
    return html.Div(bar("Waiting"), className="body card-body")


def _first(context: Context, one: Upload, look: Look) -> Mapping[str, str]:
    """What the form says at first: as an earlier run on this file had it, or as was guessed."""
    earlier = context.args.get("run", "")
    run = training_runs.one(context.door.database, int(earlier)) if earlier.isdecimal() and len(earlier) < 10 else None
    return mappings.of_options(run.options, look) if run and run.upload == one.id else mappings.guessed(look)


def _form(context: Context, one: Upload, look: Look, form: Mapping[str, str]) -> Any:
    rows = preview.shown(look)
    note = f"{look.rows:,} rows, {len(look.columns)} columns, {size(one.size)}; guessed by name and content, so look"
    columns = [field for part in preview.PARTS for field in _part(part, rows, form)]
    roles = sheet(
        "parts",
        "Which column is what",
        html.Div(columns, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        forms.tick("skip_unlabelled", "Leave rows without a label out", bool(form.get("skip_unlabelled"))),
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


def _part(part: Part, rows: Sequence[Row], form: Mapping[str, str]) -> list[Any]:
    none = "choose" if part.name == "label" else "none"
    options = {"": none, **{str(row.position): row.name for row in rows}}
    found = [forms.choice(part.name, f"{part.words}: {part.why}", options, form.get(part.name, ""))]
    if part.name == "label":
        words = (
            ("fraud_is", "Value that means fraud (empty: 1, true, yes, fraud)", 100),
            ("legit_is", "Values that are legitimate, with commas (empty: all others)", mappings.NOTE),
        )
        found += [forms.text(name, label, form.get(name, ""), maxlength=most) for name, label, most in words]
    return found


def _column(row: Row, form: Mapping[str, str]) -> list[Any]:
    small = " · ".join([*([row.extent] if row.extent else []), *_left_out(row)])
    use = [f"use-{row.position}", f"Use of {row.name}", form.get(f"use-{row.position}", "auto"), *preview.USES.items()]
    return [row.position, row.name, row.kind, row.missing, row.distinct, [row.examples, small], use]


def _left_out(row: Row) -> list[str]:
    return [f"left out anyway: {row.why_not}"] if row.why_not else []


def _how(context: Context, form: Mapping[str, str]) -> html.Section:
    choices = [
        forms.choice("algorithm", "Algorithm", mappings.ALGORITHMS, form.get("algorithm", "boosted")),
        forms.text(
            "delay_days", "Days that labels take", form.get("delay_days", "0"), inputmode="decimal", maxlength=8
        ),
    ]
    if context.can("operator"):
        choices.append(forms.choice("promote", "Then", mappings.PROMOTE, form.get("promote", "never")))
    split = [forms.text(name, words, form.get(name, ""), **more) for name, words, more in SPLIT]
    known = "Test on cards and wallets whose fraud is known by then, too"
    return sheet(
        "how",
        "How",
        html.Div(choices, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        html.Div(split, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
        forms.tick("shuffle", "Random test split (the model card warns)", bool(form.get("shuffle"))),
        forms.tick("keep_known", known, bool(form.get("keep_known"))),
        forms.text("note", "Note (kept with the model)", form.get("note", ""), maxlength=mappings.NOTE),
    )


def _is_theirs(one: Upload) -> bool:
    return bool(one.uploaded_by == g.session.user or reaches(g.session.role, "operator"))


def _one(door: Door, number: int) -> Upload:
    return kept(door.database, uploads.one, number, "This file is not kept any more; give it again.")


@action("model/training/files/<int:number>", role="analyst", name="training_start")
def start(door: Door, form: Form) -> Any:
    """Ask for a run on the file, mapped as the form says."""
    number = int(form.names["number"])
    one = _one(door, number)
    if one.look is None:
        raise Refusal("No worker has looked at the file yet.", 409)
    options, wrong = mappings.parsed(form.values, one.look, g.session.role)
    if wrong:
        raise Refusal.by_field(wrong, f"Not started: {next(iter(wrong.values()))}")
    if unsure := sure(door, options):
        return unsure
    try:
        run = ask(door, {**options, "file": one.name}, number)
    except BadInput as error:
        abort(404, sentence(error.reason))
    return Done("", go=f"model/training/runs/{run}")


@action("model/training/files/<int:number>/discard", role="analyst", name="training_discard")
def discard(door: Door, form: Form) -> Done:
    """Delete the file; models that were trained on it stay."""
    number = int(form.names["number"])
    if not _is_theirs(_one(door, number)):
        raise Refusal("Only who gave the file, or an operator, may let it go.", 403)
    try:
        with door.database.transaction() as connection:
            uploads.discard(connection, door.audit, number, g.session.user)
    except BadInput as error:
        raise Refusal(sentence(error.reason), 409) from None
    return Done("The file is let go.", go="model/training")


PAGE = Page(
    name="training_file",
    path="model/training/files/<int:number>",
    title="Train from a file",
    role="analyst",
    content=content,
    actions=(start, discard),
    under="model",
)
