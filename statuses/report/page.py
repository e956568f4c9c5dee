"""The report as one HTML page: would it have fired, when, what it learnt, what it can see. Pure.

The page holds everything it needs, runs no script and asks no host; everything that came from a file is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape

from statuses.playback import Playback
from statuses.report import drawing, style, text
from statuses.report.document import Document, EpisodeReport, FileReport, SeriesReport
from statuses.summary import WEEKDAYS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
TITLE = "Transaction statuses: history"
DRAWN = 200  # episodes
_HOURS = tuple(f"{hour:02d}:00" for hour in range(24))


def page(document: Document, played: Sequence[Playback]) -> str:
    """The whole document."""
    files = "".join(_file(file, own) for file, own in zip(document.files, played, strict=True))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{TITLE}</title><style>{style.CSS}</style></head><body><main>"
        f"<h1>{TITLE}</h1>{files}<footer>Made {escape(document.made)}. Counts are a minute, times in UTC. "
        "A share is judged given the total of its minute, a volume against its own past.</footer>"
        "</main></body></html>"
    )


def _file(file: FileReport, played: Playback) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in file.notes)
    wrong = "".join(f"<li>{escape(row)}</li>" for row in file.wrong_rows)
    wrong = f"<details><summary>Invalid rows, skipped</summary><ul>{wrong}</ul></details>" if wrong else ""
    silent = "".join(
        f"<li>No rows for {one.minutes} minutes from {escape(one.start)}: the feed was silent.</li>"
        for one in file.silences
    )
    why = f'<p class="muted">Line: {escape(file.series[0].learnt.why)}.</p>' if file.series else ""
    return (
        f'<h2>{escape(file.file)}</h2><p class="lead">{escape(text.headline(file))}</p>'
        f'<p class="muted">{file.rows:,} rows, {file.minutes:,} minutes, '
        f"{escape(file.start)} to {escape(file.end)}.</p>"
        f"<ul>{notes}{silent}</ul>{wrong}<h3>Episodes</h3>{_episodes(file, played)}"
        f"<h3>Series</h3>{_series(file.series)}{why}<h3>Power: minutes until a change is seen</h3>{_power(file)}"
        f"<h3>By hour and weekday (mean counts a minute)</h3>{_profiles(file.series)}"
    )


def _episodes(file: FileReport, played: Playback) -> str:
    if not file.episodes:
        return '<p class="muted">None.</p>'
    drawn = [
        _episode(report, drawing.episode(own, played))
        for report, own in list(zip(file.episodes, played.episodes, strict=True))[:DRAWN]
    ]
    more = len(file.episodes) - DRAWN
    return "".join(drawn) + (f'<p class="muted">{more:,} more are in the JSON report.</p>' if more > 0 else "")


def _episode(report: EpisodeReport, figures: str) -> str:
    kind, opened = ("page", " open") if report.pages else ("inform", "")
    moved = _table(
        ("series", "direction", "fired", "before", "during", "evidence (nats)"),
        [
            (one.series, one.direction, one.fired, f"{one.usual:g}", f"{one.seen:g}", f"{one.evidence:g}")
            for one in report.moved
        ],
    )
    return f'<details class="{kind}"{opened}><summary>{escape(text.said(report))}</summary>{figures}{moved}</details>'


def _series(series: Iterable[SeriesReport]) -> str:
    header = ("series", "mean", "sd", *(f"p{share}" for share in (1, 5, 25, 50, 75, 95, 99)), "zeros", "model",
              "usual up to", "accepted", "dispersion", "line (nats)", "fired")  # fmt: skip
    rows = [
        (
            one.name,
            f"{one.mean:g}",
            f"{one.deviation:g}",
            *(f"{value:g}" for value in one.quantiles.values()),
            f"{one.zeros:.0%}",
            one.learnt.model,
            f"{one.learnt.usual:g}" + (f" of {one.learnt.of_total:g}" if one.learnt.of_total is not None else ""),
            f"{one.learnt.accepted:g}",
            f"{one.learnt.dispersion:g}",
            f"{one.learnt.line:g}",
            str(one.would_have_fired),
        )
        for one in series
    ]
    return _table(header, rows)


def _power(file: FileReport) -> str:
    tables = []
    for volume in (False, True):
        rows = [row for row in file.power if ("x 0.5" in row.minutes) is volume]
        if rows:
            header = ("series", *rows[0].minutes)
            cells = [
                (row.series, *("–" if value is None else str(value) for value in row.minutes.values())) for row in rows
            ]
            tables.append(_table(header, cells))
    return "".join(tables) + '<p class="muted">–: not within an hour in half of twenty simulated runs.</p>'


def _profiles(series: Iterable[SeriesReport]) -> str:
    rows = "".join(
        f"<tr><th>{escape(one.name)}</th><td>{drawing.bars(one.by_hour, _HOURS, f'{one.name} by hour')}</td>"
        f"<td>{_weekdays(one)}</td></tr>"
        for one in series
    )
    head = "<thead><tr><th>series</th><th>hour 0 to 23</th><th>Monday to Sunday</th></tr></thead>"
    return f'<div class="scroll"><table>{head}<tbody>{rows}</tbody></table></div>'


def _weekdays(one: SeriesReport) -> str:
    return drawing.bars(one.by_weekday, WEEKDAYS, f"{one.name} by weekday") if one.by_weekday else "no dates"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
