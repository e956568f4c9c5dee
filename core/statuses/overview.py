"""What the page Statuses shows of one source: the answer of `GET /api/v1/statuses`, which the console decodes.

Minutes are minutes of the epoch, other times epoch seconds; a kind is status, code or volume. Counts of a bin are
means a minute; None where a bin had no row.
"""

from msgspec import Struct

ROUTE = "/api/v1/statuses"
LENGTHS = {"15m": 15, "1h": 60, "6h": 360, "24h": 1440, "7d": 10080}  # minutes
OTHER = "other"


class SourceState(Struct, frozen=True, kw_only=True):
    """What is known of a source: its first and newest minute, when that came, the newest judged minute, how many
    minutes changed after they were judged, and why the newest could not be judged.
    """

    source: str
    first: int
    newest: int
    received_at: float
    judged: int | None
    late: int
    problem: str


class Stack(Struct, frozen=True, kw_only=True):
    """One status or code: its mean a minute in each bin."""

    name: str
    counts: list[float | None]


class SeriesNow(Struct, frozen=True, kw_only=True):
    """A series after the last judged minute: what came in it, what was expected (`at_least`, else at most), the
    evidence in nats, and the usual a minute. `power`: minutes until a change is seen, None: not within an hour.
    """

    kind: str
    name: str
    came: float | None
    expected: float
    at_least: bool
    evidence: float
    usual: float
    firing: bool
    power: dict[str, int | None] | None = None


class Traced(Struct, frozen=True, kw_only=True):
    """One series by the minute from `first`: counts, what was expected, evidence in nats; None where nothing came."""

    kind: str
    name: str
    first: int
    at_least: bool
    counts: list[float | None]
    expected: list[float | None]
    evidence: list[float | None]


class CountRow(Struct, frozen=True, kw_only=True):
    """A row as it was sent; `dimensions` are a JSON object, or ''."""

    minute: int
    status: str
    code: str
    dimensions: str
    count: int
    received_at: float


class Overview(Struct, frozen=True, kw_only=True):
    """One source over [first, after), in bins of `step` minutes. `line` in nats is shared by `tests` alternatives.

    `is_judging`: a process judges now. `total` has the total expected at least and, as counts, the total itself;
    `traced` is the series that was asked for.
    `profile` has 7 rows (Monday first) of 24 hours: the mean total a minute in four weeks, UTC. `profile` is empty and
    `power` None until they are computed.
    """

    now: float
    sources: list[SourceState]
    is_judging: bool = False
    source: str = ""
    first: int = 0
    after: int = 0
    step: int = 1
    statuses: list[Stack] = []
    codes: list[Stack] = []
    total: Traced | None = None
    traced: Traced | None = None
    line: float = 0.0
    tests: int = 0
    watched: str = ""
    series: list[SeriesNow] = []
    profile: list[list[float | None]] = []
    rows: list[CountRow] = []
