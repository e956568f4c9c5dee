"""How long the oldest event has waited in the stream to be stored: 0 while nothing waits."""

from collector.figure import Figure, FigureContext
from core import clock
from core.pipeline import stream


def compute(context: FigureContext) -> float:
    """Seconds."""
    since = stream.waiting_since(context.stores.live)
    return max(0.0, clock.now() - since) if since is not None else 0.0


FIGURE = Figure(title="Stream delay", unit="s", every=30.0, compute=compute)
