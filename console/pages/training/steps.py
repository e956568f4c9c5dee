"""The log of a training run: its stages, and how long each took. Pure."""

from datetime import UTC, datetime
from typing import NamedTuple

from core.models.training_runs import Run


class Step(NamedTuple):
    """A line of the log: when a stage began, what it was, how long it took (None: it is under way)."""

    at: datetime
    what: str
    seconds: float | None

    @property
    def took(self) -> str:
        """How long it took, as people read it."""
        if self.seconds is None:
            return "now"
        return "< 1 s" if self.seconds < 1 else f"{self.seconds:.0f} s"


def steps(run: Run) -> list[Step]:
    """The stages of a run in order."""
    times = [_moment(stage.at) for stage in run.stages]
    ends = [*times[1:], run.finished_at] if times else []
    return [
        Step(at, stage.what, None if end is None else max(0.0, (end - at).total_seconds()))
        for at, stage, end in zip(times, run.stages, ends, strict=True)
    ]


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
