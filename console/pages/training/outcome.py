"""What came of a run: how good its model is, and the model beside the champion on the same rows."""

from typing import Any

from dash import html

from console import model_roles, training_reads
from console.attributes import attributes
from console.figures import contest
from console.format import ratio
from console.markup import calm, said, sheet, way
from console.page import PageContext
from console.training_reads import Version
from core import codec
from core.models import registry
from core.models.training_runs import Run


def parts(context: PageContext, run: Run) -> html.Div | None:
    """Nothing until the run has registered a model."""
    made = training_reads.version(context.auth.database, run.version) if run.version is not None else None
    if made is None:
        return None
    card = registry.card(context.auth.database, made.version) or {}
    return html.Div(
        [_headline(context, made, card.get("warnings", [])), _contest(run.comparison or {})], className="sheets"
    )


def _headline(context: PageContext, made: Version, warnings: list[str]) -> html.Section:
    measures = made.measures or made.metrics
    figures = html.Dl(
        [html.Div([html.Dt(words), html.Dd(ratio(measures.get(key)))]) for key, words in model_roles.MEASURES],
        className="headline",
    )
    about = []
    if made.data:
        left_out = "".join(f"; left out: {reason}" for reason in made.data["left_out"])
        words = f"{made.data['rows']:,} rows, {made.data['frauds']:,} frauds, {len(made.features)} features{left_out}"
        about = [html.P(words, className="quiet")]
    return sheet(
        "headline",
        "Quality",
        figures,
        *about,
        *[said(warning, "exclamation-triangle-fill", "warn") for warning in warnings],
        note="on the newest rows, held out from training",
        tools=[way("Model card", f"{context.prefix}model/versions/{made.version}")],
    )


def _contest(found: dict[str, Any]) -> html.Section:
    if "difference" not in found:
        reason = found.get("reason") or ""
        return sheet(
            "contest",
            "Comparison with the champion",
            calm("question-circle", "Not compared", reason[:1].upper() + reason[1:]),
        )
    words: list[Any] = [
        "The new model is ", html.B(found["verdict"]), f": average precision {ratio(found['challenger'])} against "
        f"{ratio(found['champion'])}.",
    ]  # fmt: skip
    how = (
        f"Difference {found['difference']:+.4f}, {100 * found['confidence']:.0f} % interval {found['low']:+.4f} to "
        f"{found['high']:+.4f} (paired bootstrap, {found['resamples']} resamples). “Better” means that the whole "
        "interval is above 0."
    )
    known = {"data-figure": codec.encode(contest.draw(found)).decode(), "aria-label": "Difference with its interval"}
    return sheet(
        "contest",
        "Comparison with the champion",
        html.P(words, className="lead-summary"),
        html.P(how, className="quiet"),
        html.Div(className="chart low", role="group", **attributes(known)),
        note=f"model {found['champion_version']}; the same {found['rows']:,} rows, {found['frauds']:,} frauds",
    )
