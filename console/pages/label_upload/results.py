"""What came of a file of labels: what was guessed and waits for a yes, what was recorded, and which rows are bad."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import dash_bootstrap_components as dbc
from dash import dcc, html

from console.looks import NOTE
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from core.transactions import label_file_store
from core.transactions.label_file import Rows
from core.transactions.label_file_store import Matched
from core.transactions.label_store import LabelResult

PLACE = "label-result"
SHOWN = 100
BAD = (Column("row", "Line", "int", "70px"), Column("field", "Column", "mono", "30%"), Column("why", "Problem"))


class Sent(NamedTuple):
    """A file as it was sent: its name, what was read of it, and the token under which it is kept, if it is."""

    name: str
    found: Rows
    token: str = ""


def refused(sent: Sent) -> list[Any]:
    """Nothing was taken: why, and the first bad rows."""
    bad, rows = len(sent.found.bad), len(sent.found.bad) + len(sent.found.good)
    text = (
        f"{sent.name}: nothing was imported. {bad:,} of {rows:,} rows are invalid. Correct them, or check “Import "
        "valid rows” and upload the file again."
    )
    alert = html.P(
        [icon("x-octagon-fill"), html.Span(text)],
        className="alert alert-danger d-flex align-items-center gap-2",
        role="alert",
    )
    return [*_notes([sent.found.note]), alert, _bad_rows(sent.found)]


def guessed(sent: Sent, matched: Matched, root: str, typed: Mapping[str, str]) -> list[Any]:
    """What was made of the file, and a button that records it so."""
    words = label_file_store.labels_by_word(matched.good)
    pairs = [
        *[
            part
            for ours, theirs in matched.columns.items()
            for part in (_term(ours), html.Dd(theirs, className="mono"))
        ],
        html.Dt("labels"),
        html.Dd(f"{words['fraud']:,} fraud, {words['legit']:,} legit, {words['unsure']:,} unsure"),
        html.Dt("not scored here"),
        html.Dd(_unmatched(matched.unmatched, root, sent.token)),
    ]
    fields = {**typed, "token": sent.token, "agreed": "1"}
    form = dbc.Form(
        [
            *[dcc.Input(type="hidden", id=f"kept-{name}", name=name, value=text) for name, text in fields.items()],
            html.Div(
                [
                    dbc.Button(f"Import {len(matched.good):,} labels", id="record-labels", type="submit"),
                    html.A("Cancel", href=root, className="btn btn-secondary"),
                ],
                className="buttons",
            ),
        ],
        id="form-record-labels", class_name="action-form", action=root, method="post", prevent_default_on_submit=True,
    )  # fmt: skip
    kind = f"{sent.name}: {sent.found.kind}" if sent.found.kind else sent.name
    body = [html.Ul([html.Li(sentence) for sentence in matched.guessed]), html.Dl(pairs, className="pairs"), form]
    panel = html.Section(
        [
            html.Div(
                [
                    html.H2("Review before import"),
                    html.Span(kind, className=NOTE),
                ],
                className="head card-header",
            ),
            html.Div(body, className="body card-body"),
        ],
        className="panel sheet card",
        role="status",
    )
    return [*_notes([sent.found.note]), panel, *([_bad_rows(sent.found)] if sent.found.bad else [])]


def recorded(sent: Sent, matched: Matched, outcomes: Sequence[LabelResult], root: str) -> list[Any]:
    """What was taken of the file."""
    counts = Counter(outcome.result for outcome in outcomes)
    unknown = sorted({outcome.transaction_id for outcome in outcomes if not outcome.scored})
    outranked = sum(outcome.result == "recorded" and outcome.counts != outcome.after for outcome in outcomes)
    text: list[Any] = [
        f"{counts['unchanged']:,} unchanged, {counts['outdated']:,} older than the current label of their source"
    ]
    if outranked:
        text.append(f"; {outranked:,} do not count because a higher-ranked source disagrees")
    if unknown:
        text += [f"; {len(unknown):,} are for transactions that were not scored here (first: ", _mono(unknown[0])]
        text.append(") and count once they are scored")
    text.append(".")
    if unknown and sent.token:
        text += [" ", _ids(root, sent.token)]
    words = html.Div([html.B(f"{sent.name}: {counts['recorded']:,} labels imported"), html.P(text)])
    done = html.Div(
        [icon("check-circle-fill"), words],
        className="alert alert-success d-flex align-items-center gap-2",
        role="status",
    )
    said = matched.guessed
    return [done, *_notes([sent.found.note, *said]), *([_bad_rows(sent.found)] if sent.found.bad else [])]


def _notes(sentences: Sequence[str]) -> list[html.P]:
    return [
        html.P(
            [icon("exclamation-triangle-fill"), html.Span(sentence)],
            className="alert alert-warning d-flex align-items-center gap-2",
        )
        for sentence in sentences
        if sentence
    ]


def _bad_rows(found: Rows) -> html.Section:
    count = len(found.bad)
    note = f"the first {SHOWN} of {count}" if count > SHOWN else str(count)
    rows = [[str(at), one.row, one.field, one.reason] for at, one in enumerate(found.bad[:SHOWN])]
    head = html.Div(
        [html.H2("Invalid rows"), html.Span(note, className=NOTE)],
        className="head card-header",
    )
    return html.Section([head, plain_table("bad-rows", "Invalid rows", BAD, rows)], className="panel sheet card")


def _unmatched(ids: Sequence[str], root: str, token: str) -> list[Any]:
    if not ids:
        return ["0 ids"]
    return [f"{len(ids):,} ids, first ", _mono(ids[0]), " ", _ids(root, token)]


def _ids(root: str, token: str) -> html.A:
    return html.A("Download ids", href=f"{root}/unmatched.csv?token={token}")


def _term(words: str) -> html.Dt:
    return html.Dt(words, className="mono")


def _mono(text: str) -> html.Span:
    return html.Span(text, className="mono")
