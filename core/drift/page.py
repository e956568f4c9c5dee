"""A drift report as one HTML page: verdict first, then a table of all columns, then before and after of each. Pure.

The page holds everything it needs, runs no script and asks no other host; it follows the reader's dark or light mode.
"""

from html import escape

from core.drift import plot
from core.drift.report import ColumnDrift, Report, Side, Test

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
_ROLES = {"feature": "", "score": "score", "target": "target"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(report: Report) -> str:
    """The whole HTML document."""
    title = f"Drift report: {_WORDS[report.verdict]}"
    drawn = [column for column in report.columns if column.plot]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"{_head(report)}{_table(report)}{''.join(map(_section, drawn))}{_explained(report)}</main></body></html>"
    )


def _head(report: Report) -> str:
    facts = [
        ("Compared", f"{report.current} ({report.current_rows:,} rows)"),
        ("Against", f"{report.reference} ({report.reference_rows:,} rows)"),
        ("Made", report.created_at.replace("T", " ")[:19] + " UTC"),
    ]
    if report.model_version is not None:
        facts.append(("Model", f"version {report.model_version}"))
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return (
        f'<header><h1>Drift report</h1><p class="verdict {report.verdict}"><span aria-hidden="true">'
        f"{_ICONS[report.verdict]}</span> {_WORDS[report.verdict]}</p></header>"
        f'<p class="summary">{escape(report.summary)}</p><dl class="facts">{listed}</dl>'
    )


def _table(report: Report) -> str:
    rows = "".join(map(_row, report.columns))
    return (
        '<div class="scroll"><table><thead><tr><th>Column</th><th>State</th><th>Effect</th>'
        '<th class="n">p adjusted</th><th class="n">PSI</th><th class="n">KL</th><th>What happened</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(column: ColumnDrift) -> str:
    icon, word = _STATES[column.state]
    strongest = _strongest(column)
    name = escape(column.name)
    linked = f'<a href="#{_anchor(column)}">{name}</a>' if column.plot else name
    role = f' <span class="role">{_ROLES[column.role]}</span>' if _ROLES[column.role] else ""
    notes = "".join(f'<br><span class="note">{escape(note)}</span>' for note in column.notes)
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
        f'<span class="bar{" over" if test.alarm else ""}" title="{escape(test.name)}: {test.effect_name} '
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
        f'<p class="legend"><i class="swatch before"></i> before <i class="swatch after"></i> after</p>'
        f"{plot.draw(column.plot, title)}{_quantiles(column.reference, column.current)}"
        f"<ul>{tests}{superiority}</ul></details>"
    )


def _quantiles(before: Side | None, after: Side | None) -> str:
    """Both sides' quantiles, and how much was missing."""
    if before is None or after is None:
        return ""
    names = list(before.quantiles) if after.quantiles else []
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


_STYLE = """
:root{color-scheme:light dark;--page:#f4f6f9;--panel:#fff;--line:#dfe5ec;--text:#131a24;--muted:#556173;--ok:#1668c7;
--review:#755c00;--blocked:#a11246;--good:#0b7a63;--before:#b9c3d0;--after:#1668c7}
@media(prefers-color-scheme:dark){:root{--page:#0b0e13;--panel:#12161d;--line:#232a35;--text:#e6eaf0;--muted:#9aa6b5;
--ok:#4aa3ff;--review:#f5c026;--blocked:#f76b76;--good:#3fc1a3;--before:#4a5568;--after:#4aa3ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:14px/1.5 Inter,system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
header{display:flex;align-items:center;gap:16px;flex-wrap:wrap}
h1{font-size:22px;margin:0}
.verdict{margin:0;padding:3px 12px;border:1px solid currentColor;border-radius:999px;font-weight:600}
.verdict.ok,.stable .state{color:var(--good)}
.verdict.watch,.absent .state,.added .state{color:var(--review)}
.verdict.retrain,.drifted .state{color:var(--blocked)}
.verdict.insufficient,.skipped .state,.insufficient .state{color:var(--muted)}
.summary{font-size:17px;margin:12px 0}
.facts{display:flex;flex-wrap:wrap;gap:8px 32px;margin:0 0 16px}
dt{color:var(--muted);font-size:12px}
dd{margin:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:var(--panel);border:1px solid var(--line);border-radius:8px}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-size:12px;font-weight:500;white-space:nowrap}
tbody th{font-weight:600}
.n{text-align:right;white-space:nowrap}
.state{white-space:nowrap}
.role{color:var(--muted);font-weight:400;font-size:12px;border:1px solid var(--line);border-radius:4px;padding:0 5px}
.note,.figure{color:var(--muted);font-size:12px}
.figure{white-space:nowrap}
a{color:var(--ok)}
.bar{display:inline-block;position:relative;width:80px;height:8px;background:var(--line);border-radius:4px;
vertical-align:middle;overflow:hidden}
.bar i{display:block;height:100%;background:var(--muted)}
.bar.over i{background:var(--blocked)}
.bar::after{content:"";position:absolute;left:50%;top:0;bottom:0;border-left:1px solid var(--text)}
details{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:12px 0;padding:10px 14px}
summary{cursor:pointer}
svg{display:block;width:100%;max-width:820px;height:auto;margin:8px 0}
.before{fill:var(--before)}
path.after{fill:none;stroke:var(--after);stroke-width:2}
.now{fill:none;stroke:var(--after);stroke-width:1.6}
.hit{fill:transparent}
.grid{stroke:var(--line)}
.tick{fill:var(--muted);font-size:11px}
.name{fill:var(--text);font-size:12px}
.legend{margin:8px 0 0;color:var(--muted);font-size:12px}
.swatch{display:inline-block;width:14px;height:10px;margin-left:8px;vertical-align:middle}
.swatch.before{background:var(--before)}
.swatch.after{border:2px solid var(--after)}
.small{width:auto;font-size:12px}
ul{margin:8px 0;padding-left:20px;color:var(--muted);font-size:12px}
footer{color:var(--muted);font-size:12px;margin-top:24px}
@media print{details{break-inside:avoid}}
"""
