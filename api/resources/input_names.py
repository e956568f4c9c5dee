"""What each caller misnames: unknown features and fields, and features left out, by minute of the last three hours."""

from collections import Counter, defaultdict

from api.context import ResourceContext
from api.window import Window
from core.errors import RedisUnavailable
from core.monitoring.input_names import CallerNames, InputNames, NameCount
from core.web import input_counts
from core.web.input_counts import MINUTE, Cell

NAME = "input_names"
REFRESH = 10.0
MINUTES = 180
MOST_CALLERS, MOST_NAMES = 12, 30
COUNTED = ("feature", "missing", "field")


def read(context: ResourceContext, window: Window) -> InputNames:
    """The last three hours, always up to now, whatever the window."""
    first = MINUTE * (int(context.now // MINUTE) - MINUTES + 1)
    try:
        found = input_counts.read(context.live, first, MINUTES)
    except RedisUnavailable:
        return counted(first, MINUTES, {}, known=False)
    return counted(first, MINUTES, found)


def counted(first: int, minutes: int, found: dict[int, dict[Cell, int]], known: bool = True) -> InputNames:
    """The resource from the counts by minute; `known`: they could be read. Pure."""
    starts = [first + MINUTE * n for n in range(minutes)]
    series: dict[str, dict[str, list[int]]] = defaultdict(lambda: {kind: [0] * minutes for kind in COUNTED})
    requests: Counter[str] = Counter()
    names: dict[str, dict[Cell, list[int]]] = defaultdict(dict)
    for place, start in enumerate(starts):
        for cell, count in found.get(start, {}).items():
            if cell.kind == "requests":
                requests[cell.caller] += count
                series[cell.caller]  # one that names everything right is listed too
                continue
            series[cell.caller][cell.kind][place] += count
            seen = names[cell.caller].setdefault(cell, [0, 0])
            seen[0], seen[1] = seen[0] + count, start * 1000
    callers = [
        CallerNames(caller=caller, requests=requests[caller], **lists, names=_names(names[caller]))
        for caller, lists in series.items()
    ]
    callers.sort(key=lambda one: (-sum(one.feature) - sum(one.field), -sum(one.missing), one.caller))
    return InputNames(
        minutes=[start * 1000 for start in starts],
        callers=callers[:MOST_CALLERS],
        others=max(0, len(callers) - MOST_CALLERS),
        counted=known,
    )


def _names(counts: dict[Cell, list[int]]) -> list[NameCount]:
    rows = [
        NameCount(kind=cell.kind, name=cell.name, nearest=cell.nearest or None, count=count, last=last)
        for cell, (count, last) in counts.items()
        if cell.kind != "requests"
    ]
    rows.sort(key=lambda row: (row.kind == "missing", -row.count, row.name))
    return rows[:MOST_NAMES]
