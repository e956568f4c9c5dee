"""A drift report as one HTML page: verdict first, then a table of all columns, then before and after of each. Pure.

The page holds everything it needs, runs no script and asks no other host; it follows the reader's dark or light mode.
"""

from html import escape

from core.models.drift import plot, style
from core.models.drift.report import ColumnDrift, Report, Side, Test

CHUNKS = 100  # that are listed
_ICONS = {"ok": "✓", "watch": "◆", "retrain": "▲", "insufficient": "–"}
_WORDS = {"ok": "OK", "watch": "Watch", "retrain": "Retrain", "insufficient": "Not enough data"}
_STATES = {
    "drifted": ("▲", "drifted"),
    "stable": ("✓", "stable"),
    "insufficient": ("–", "not enough data"),
    "skipped": ("–", "skipped"),
    "absent": ("◆", "missing"),
    "added": ("◆", "new column"),
}
_QUANTILES = ("min", "p5", "p25", "median", "p75", "p95", "max")  # a document from PostgreSQL has lost their order
_ROLES = {"feature": "", "score": "score", "target": "target"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(report: Report) -> str:
    """The whole HTML document."""
    title = f"Drift report: {_WORDS[report.verdict]}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style.PAGE}{style.RULES}</style></head>"
        f"<body><main>{content(report)}</main></body></html>"
    )


def content(report: Report) -> str:
    """The report alone, for a page that has `style.RULES`; everything that came from data is escaped."""
    drawn = "".join(_section(column) for column in report.columns if column.plot)
    return f"{_head(report)}{_table(report)}{_chunks(report)}{drawn}{_explained(report)}"


def _head(report: Report) -> str:
    facts = [
        ("Compared", f"{report.current} ({report.current_rows:,} rows)"),
        ("Against", f"{report.reference} ({report.reference_rows:,} rows)"),
        ("Made", report.created_at.replace("T", " ")[:19] + " UTC"),
    ]
    if report.model_version is not None:
        facts.append(("Model", f"version {report.model_version}"))
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    notes = "".join(f'<p class="column-note">{escape(note)}</p>' for note in report.notes)
    return (
        f'<header><h1>Drift report</h1><p class="verdict {report.verdict}"><span aria-hidden="true">'
        f"{_ICONS[report.verdict]}</span> {_WORDS[report.verdict]}</p></header>"
        f'<p class="summary">{escape(report.summary)}</p>{notes}<dl class="context">{listed}</dl>'
    )


def _table(report: Report) -> str:
    rows = "".join(map(_row, report.columns))
    return (
        '<div class="scroll"><table><thead><tr><th>Column</th><th>State</th><th>Effect</th>'
        '<th class="n">p adjusted</th><th class="n">PSI</th><th class="n">KL</th><th>What happened</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _chunks(report: Report) -> str:
    """The chunks in which something changed; nothing when the data was not looked at in chunks."""
    changed = [chunk for chunk in report.chunks if chunk.drifted or chunk.turned]
    few = sum(not chunk.judged for chunk in report.chunks)
    if not report.chunks:
        return ""
    rows = "".join(
        f'<tr class="drifted"><th scope="row">{escape(chunk.name)}</th><td class="n">{chunk.rows:,}</td><td>'
        + "<br>".join(f"<b>{escape(n)}</b> {escape(what)}" for n, what in {**chunk.turned, **chunk.drifted}.items())
        + "</td></tr>"
        for chunk in changed[:CHUNKS]
    )
    left = f"; the first {CHUNKS} are listed" if len(changed) > CHUNKS else ""
    said = (
        f"{len(changed)} of {len(report.chunks)} chunks (each: {escape(report.every)}) differ from the reference{left}"
    )
    said += f"; {few} have too few rows to compare" if few else ""
    return (
        f'<h2>Chunks</h2><p class="legend">{said}.</p><div class="scroll"><table><thead><tr><th>Chunk</th>'
        f'<th class="n">Rows</th><th>What changed</th></tr></thead><tbody>{rows}</tbody></table></div>'
        if changed
        else f'<h2>Chunks</h2><p class="legend">{said}.</p>'
    )


def _row(column: ColumnDrift) -> str:
    icon, word = _STATES[column.state]
    strongest = _strongest(column)
    name = escape(column.name)
    linked = f'<a href="#{_anchor(column)}">{name}</a>' if column.plot else name
    role = f' <span class="role">{_ROLES[column.role]}</span>' if _ROLES[column.role] else ""
    notes = "".join(f'<br><span class="column-note">{escape(note)}</span>' for note in column.notes)
    return (
        f'<tr class="{column.state}"><th scope="row">{linked}{role}</th>'
        f'<td class="state"><span aria-hidden="true">{icon}</span> {word}</td><td>{_effect(strongest)}</td>'
        f'<td class="n">{_p(strongest.adjusted) if strongest else "–"}</td><td class="n">{_number(column.psi)}</td>'
        f'<td class="n">{_number(column.kl)}</td><td>{escape(column.reason)}{notes}</td></tr>'
    )


def _effect(test: Test | None) -> str:
    """A bar whose middle is the limit of relevance."""
    if test is None:
        return "–"
    share = min(1.0, test.effect / test.limit / 2)
    return (
        f'<span class="gauge{" over" if test.alarm else ""}" title="{escape(test.name)}: {test.effect_name} '
        f'{test.effect:.3f}, relevant from {test.limit:g}"><i style="width:{100 * share:.0f}%"></i></span> '
        f'<span class="figure">{test.effect_name} {test.effect:.3f}</span>'
    )


def _section(column: ColumnDrift) -> str:
    """Before and after of one column; open when it wants attention."""
    assert column.plot is not None
    icon, word = _STATES[column.state]
    opened = " open" if column.state in ("drifted", "absent") else ""
    tests = "".join(
        f"<li>{escape(test.name)}: statistic {test.statistic:.4g}, p {_p(test.p)}, adjusted {_p(test.adjusted)}; "
        f"{test.effect_name} {test.effect:.3f}, relevant from {test.limit:g}{' – alarm' if test.alarm else ''}</li>"
        for test in column.tests
    )
    superiority = (
        ""
        if column.superiority is None
        else f"<li>A value of now is above one of before with a chance of {100 * column.superiority:.1f} %</li>"
    )
    title = f"{column.name}: before and after"
    return (
        f'<details id="{_anchor(column)}" class="{column.state}"{opened}><summary><b>{escape(column.name)}</b> '
        f'<span class="state"><span aria-hidden="true">{icon}</span> {word}</span> {escape(column.reason)}</summary>'
        f'<p class="legend"><i class="patch before"></i> before <i class="patch after"></i> after</p>'
        f'<div class="scroll">{plot.draw(column.plot, title)}</div>{_quantiles(column.reference, column.current)}'
        f"<ul>{tests}{superiority}</ul></details>"
    )


def _quantiles(before: Side | None, after: Side | None) -> str:
    """Both sides' quantiles, and how much was missing."""
    if before is None or after is None:
        return ""
    names = [name for name in _QUANTILES if name in before.quantiles and name in after.quantiles]
    head = "".join(f'<th class="n">{name}</th>' for name in names)

    def line(word: str, side: Side) -> str:
        cells = "".join(f'<td class="n">{_figure(side.quantiles[name])}</td>' for name in names)
        missing = 100 * side.missing / side.rows if side.rows else 0.0
        first = f'<th scope="row">{word}</th><td class="n">{side.rows:,}</td><td class="n">{missing:.1f} %</td>'
        return f"<tr>{first}{cells}</tr>"

    return (
        '<div class="scroll"><table class="small"><thead><tr><th></th><th class="n">rows</th>'
        f'<th class="n">missing</th>{head}</tr></thead>'
        f"<tbody>{line('before', before)}{line('after', after)}</tbody></table></div>"
    )


def _explained(report: Report) -> str:
    limits = report.params
    return (
        "<footer><p>A column drifted when a test holds at "
        f"{100 * limits.alpha:g} % after Holm's adjustment over all tests of this report, and its effect is relevant: "
        f"a distance D from {limits.distance:g}, Cohen's w from {limits.cohen_w:g}, PSI from {limits.psi:g}, "
        f"the share of a category or of missing values changed by the factor {limits.ratio:g} and at least "
        f"{100 * limits.ratio_share:g} %, or missing values changed by {100 * limits.missing_points:g} points. "
        f"PSI and KL are without their bias. Below {100 * limits.watch_share:g} % drifted features is OK, above "
        f"{100 * limits.retrain_share:g} % calls for retraining.</p></footer>"
    )


def _strongest(column: ColumnDrift) -> Test | None:
    return max(column.tests, key=lambda test: (test.alarm, test.effect / test.limit), default=None)


def _anchor(column: ColumnDrift) -> str:
    return "c-" + "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}-" for c in column.name)


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _figure(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}" if abs(value) < 1e9 else f"{value:.3g}"
