"""Replays a recorded run: the same readings through the same evaluator must decide the same, line for line (A13)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from alerts.evaluate.evaluation import Key, evaluate
from alerts.evaluate.machine import State
from alerts.evaluate.ruleset import Rules
from alerts.evaluate.tick_log import Tick, decisions, decode
from core.config import Calendar


class Compared(NamedTuple):
    """One evaluation: what was decided live, and what the replay decides. `same_rules`: nothing was reconfigured."""

    at: float
    live: list[str]
    replayed: list[str]
    same_rules: bool


def replay(rules: Rules, records: Iterable[bytes], windows: dict[str, Calendar]) -> Iterator[Compared]:
    """Compare every recorded evaluation, from the first that carries the states before it. Raises ValueError."""
    states: dict[Key, State] | None = None
    fingerprints = {rule.id: rule.fingerprint for rule in rules.rules}
    for record in records:
        tick = decode(record)
        if tick.states is not None:
            states = dict(tick.states)
        if states is None:
            continue
        yield _compare(rules, tick, states, windows, tick.fingerprints == fingerprints)


def _compare(
    rules: Rules, tick: Tick, states: dict[Key, State], windows: dict[str, Calendar], same_rules: bool
) -> Compared:
    changes = evaluate(rules.rules, states, tick.seen, windows)
    for change in changes:
        states[change.key] = change.after
        if change.is_forgettable:
            del states[change.key]
    return Compared(tick.seen.now, tick.decisions, decisions(changes), same_rules)
