"""How runs and their states read, the same in the list and on a run's own page. Pure."""

from typing import Any

from console.pages.status_style import look
from core.models.training_runs import Run


def states(run: Run) -> list[list[str]]:
    """The state of a run, and that somebody has to decide."""
    shown = look(run.state)
    word = {"refused": "Not better", "cancelled": "Cancelled"}.get(run.state, shown.word)
    found = [[shown.role, shown.icon, word]]
    return [*found, ["review", "question-circle", "Needs a decision"]] if run.decision == "waiting" else found


def source(run: Run) -> str:
    """What a run learns from."""
    return str(run.options["file"]) if run.source == "file" else f"stored labels, {run.options.get('days', '60')} days"


def result(run: Run) -> list[Any]:
    """What came of a run: text, what else there is to say, and the address of its model."""
    if run.state in ("done", "refused"):
        return [f"model {run.version}", _compared(run.comparison or {}), f"model/versions/{run.version}"]
    if run.state == "running":
        return [run.message]
    return ["waiting for a worker"] if run.state == "queued" else ["–", run.message]


def _compared(found: dict[str, Any]) -> str:
    if "difference" in found:
        return f"{found['verdict']}: {found['difference']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"
    return f"not compared: {found['reason']}" if found.get("reason") else ""
