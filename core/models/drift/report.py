"""The drift report as a document: what is stored, served and drawn. Plain values only; None is "not known"."""

from typing import Literal

from msgspec import Struct

from core.models.drift.baseline import Role
from core.models.drift.params import DriftParams

State = Literal["drifted", "stable", "insufficient", "skipped", "absent", "added"]
Verdict = Literal["ok", "watch", "retrain", "insufficient"]
# With fewer labels than this the labelled ones are no picture of all: frauds get theirs first.
MATURE = 0.5


class Test(Struct, frozen=True):
    """One test: `p` by itself, `adjusted` for all tests of the report (Holm). `effect` is relevant from `limit` on."""

    name: str
    statistic: float
    p: float
    adjusted: float
    effect_name: str
    effect: float
    limit: float
    alarm: bool


class Side(Struct, frozen=True):
    """One sample of a column: rows, missing rows, and quantiles by name (numbers only)."""

    rows: int
    missing: int
    quantiles: dict[str, float] = {}


class Plot(Struct, frozen=True):
    """Shares of the present values before and after, by bar. `labels` name the bars of categories; `edges` the inner
    edges of the bars of numbers, the first and last of which are open."""

    reference: list[float]
    current: list[float]
    labels: list[str] = []
    edges: list[float] = []


class ColumnDrift(Struct, frozen=True):
    """What became of one column. `reason` is the sentence a person reads; `notes` are worth knowing, but no alarm.

    `turned` says which categories are new or gone beyond chance; `since` names the row or day of the first change, and
    `chunks` are the indexes of the chunks in which the column drifted, where the data was looked at in chunks.
    """

    name: str
    role: Role
    kind: Literal["number", "category", "none"]
    state: State
    reason: str
    tests: list[Test] = []
    kl: float | None = None
    psi: float | None = None
    superiority: float | None = None
    reference: Side | None = None
    current: Side | None = None
    plot: Plot | None = None
    notes: list[str] = []
    turned: str = ""
    since: str = ""
    chunks: list[int] = []


class ChunkDrift(Struct, frozen=True):
    """One chunk of the current data: its rows, what became of the columns that drifted in it, which categories of
    which columns are new or gone, and whether it had rows enough."""

    name: str
    rows: int
    drifted: dict[str, str] = {}
    turned: dict[str, str] = {}
    judged: bool = True


class Report(Struct, frozen=True):
    """A whole comparison. `share` is that of drifted features among the `judged` ones; columns are in the order of
    what wants attention first. `notes` say of files how they were read, where a person may have meant otherwise;
    `chunks` are parts of the current data, each of `every`, that were compared one by one."""

    created_at: str
    reference: str
    current: str
    reference_rows: int
    current_rows: int
    verdict: Verdict
    summary: str
    share: float | None
    drifted: int
    judged: int
    params: DriftParams
    columns: list[ColumnDrift]
    model_version: int | None = None
    notes: list[str] = []
    every: str = ""
    chunks: list[ChunkDrift] = []
