"""`python -m simulator traffic`: so many predictions at once, as customers of the last hours would cause them."""

import dataclasses
from collections import Counter
from collections.abc import Callable

from core.errors import BadInput
from simulator import traffic
from simulator.config import SimulatorConfig
from simulator.sender import GaveUp, Sender

MOST = 10_000
HOURS = 24 * 14  # that are looked back at


def send(sender: Sender, config: SimulatorConfig, predictions: int, now: float, tell: Callable[[str], None]) -> int:
    """Score the newest so many and report those that went through; the exit code: 1 when something was refused.

    They happen now, under ids of their own. Raises BadInput.
    """
    if not 1 <= predictions <= MOST:
        raise BadInput("--predictions", f"must be from 1 to {MOST:,}")
    items: list[traffic.Transaction] = []
    for back in range(HOURS):
        number = int(now // traffic.HOUR) - back
        items = [*(item for item in traffic.hour(number, config) if item.when < now), *items]
        if len(items) >= predictions:
            break
    decisions: Counter[str] = Counter()
    reported = []
    try:
        for place, known in enumerate(items[-predictions:]):
            item = dataclasses.replace(known, id=f"once-{now:.3f}-{place}", when=now)
            decision = sender.score(item.to_score())["decision"]
            decisions[decision] += 1
            if decision != "BLOCKED":
                reported.append(item.to_event())
        if reported:
            sender.events(reported)
    except GaveUp as error:
        tell(str(error))
        return 1
    tell(
        f"{decisions.total()} predictions: " + ", ".join(f"{count} {name}" for name, count in sorted(decisions.items()))
    )
    return 1 if sender.rejected else 0
