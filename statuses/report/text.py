"""The report on the terminal: what a person wants to know first, and where the rest is. Pure."""

from collections.abc import Iterator

from statuses.report.document import Document, EpisodeReport, FileReport

ROWS = 20  # wrong rows and episodes that are listed


def lines(document: Document) -> Iterator[str]:
    """The lines to print."""
    for file in document.files:
        yield from _file(file)


def headline(file: FileReport) -> str:
    """One sentence: would have fired so many times."""
    times = file.would_have_fired
    often = "never" if times == 0 else "once" if times == 1 else f"{times} times"
    return f"Would have fired {often} in {file.minutes / 1440:.1f} days of history."


def said(one: EpisodeReport) -> str:
    """An episode in a line."""
    moved = ", ".join(f"{part.series} {part.usual:g} -> {part.seen:g} a minute" for part in one.moved[:4]) + (
        f" and {len(one.moved) - 4} more" if len(one.moved) > 4 else ""
    )
    end = (
        "new normal after six hours" if one.new_normal else f"until {one.recovered}" if one.recovered else "still open"
    )
    inform = "" if one.pages else "informational: "
    return f"{inform}{one.onset}, fired after {one.minutes} min, {end}: {moved}"


def _file(file: FileReport) -> Iterator[str]:
    yield f"{file.file}: {file.rows:,} rows, {file.minutes:,} minutes from {file.start} to {file.end}"
    yield from (f"  {note}" for note in file.notes)
    yield ""
    header = f"  {'series':<28}{'mean':>9}{'sd':>9}{'p50':>8}{'p99':>8}{'zero':>7}"
    yield header + f"{'accepted':>13}{'dispersion':>12}{'fired':>7}"
    for one in file.series:
        yield (
            f"  {one.name[:27]:<28}{one.mean:>9.4g}{one.deviation:>9.4g}{one.quantiles['50%']:>8.4g}"
            f"{one.quantiles['99%']:>8.4g}{one.zeros:>7.0%}{one.learnt.accepted:>13.4g}{one.learnt.dispersion:>12.3g}"
            f"{one.would_have_fired:>7}"
        )
    if file.series:
        yield f"  Line: {file.series[0].learnt.why}."
    yield ""
    yield f"  {headline(file)}"
    yield from (f"    {said(one)}" for one in file.episodes[:ROWS])
    if len(file.episodes) > ROWS:
        yield f"    and {len(file.episodes) - ROWS} more in the report"
    for silence in file.silences[:ROWS]:
        yield f"  No rows for {silence.minutes} minutes from {silence.start}: the feed was silent."
    yield ""
    yield from _power(file)


def _power(file: FileReport) -> Iterator[str]:
    yield "  Minutes until a change is detected (- not within an hour):"
    for rows in (
        [row for row in file.power if "x 0.5" not in row.minutes],
        [row for row in file.power if "x 0.5" in row.minutes],
    ):
        if rows:
            changes = list(rows[0].minutes)
            yield f"  {'':<28}" + "".join(f"{change:>14}" for change in changes)
            for row in rows:
                seen = "".join(
                    f"{'-' if row.minutes[change] is None else row.minutes[change]:>14}" for change in changes
                )
                yield f"  {row.series[:27]:<28}{seen}"
    yield ""
