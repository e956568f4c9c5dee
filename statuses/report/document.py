"""What `analyze` found, as values; its JSON is the report for programs. Counts are a minute, times ISO 8601 in UTC."""

from msgspec import Struct

VERSION = 1


class Learnt(Struct, frozen=True):
    """The model of a series at the end of the history: a usual minute, and what is accepted before evidence grows.

    `of_total` is the total of a usual minute, for shares; `line` in nats, `why` says where it comes from.
    """

    model: str
    usual: float
    of_total: float | None
    accepted: float
    dispersion: float
    line: float
    why: str


class SeriesReport(Struct, frozen=True):
    """Statistics of a series of counts a minute."""

    name: str
    kind: str
    minutes: int
    mean: float
    deviation: float
    quantiles: dict[str, float]
    zeros: float
    by_hour: list[float | None]
    by_weekday: list[float | None]
    learnt: Learnt
    would_have_fired: int


class Moved(Struct, frozen=True):
    """A series in an episode: what was usual, what was seen, and the evidence when it fired (nats)."""

    series: str
    direction: str
    fired: str
    usual: float
    seen: float
    evidence: float


class EpisodeReport(Struct, frozen=True):
    """One episode: from its onset to the minute that was as usual again; `recovered` is None while it lasts.

    `minutes` are those from the onset to the alarm. `new_normal`: it lasted so long that it became the usual.
    """

    onset: str
    fired: str
    minutes: int
    recovered: str | None
    new_normal: bool
    pages: bool
    moved: list[Moved]


class Silence(Struct, frozen=True):
    """A stretch without a row of any status."""

    start: str
    minutes: int


class PowerRow(Struct, frozen=True):
    """Minutes until each change of a series is seen in half of twenty simulated runs; None: not within an hour."""

    series: str
    minutes: dict[str, int | None]


class FileReport(Struct, frozen=True):
    """One file."""

    file: str
    start: str
    end: str
    minutes: int
    rows: int
    wrong_rows: list[str]
    notes: list[str]
    series: list[SeriesReport]
    episodes: list[EpisodeReport]
    silences: list[Silence]
    power: list[PowerRow]

    @property
    def would_have_fired(self) -> int:
        """Episodes that would have paged."""
        return sum(episode.pages for episode in self.episodes)


class Document(Struct, frozen=True):
    """The whole report."""

    version: int
    made: str
    files: list[FileReport]
