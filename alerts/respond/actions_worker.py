"""The worker's duties that carry actions out: one for our own tables, one for what reaches outside and may be slow."""

from collections.abc import Callable

from alerts.respond import action
from alerts.respond.action_runner import Acting
from alerts.respond.external_action_runner import Reaching
from core.settings import Settings
from core.stores import Stores
from core.tasks import Task
from core.web.metrics import Metrics

EVERY_SECONDS = 0.5
MOST = 50


def duties(settings: Settings, stores: Stores, metrics: Metrics) -> list[Task]:
    """Both. Raises ConfigError when actions.toml is not right."""
    done = metrics.counter("alerts_actions_total", "Action steps by result.", ["action", "outcome"])
    acting = Acting(stores, settings, action.load(settings), lambda name, how: done.inc(name, how))
    reaching = Reaching(acting)
    return [
        Task("act", EVERY_SECONDS, lambda _: drain(acting.step)),
        Task("reach", EVERY_SECONDS, lambda _: drain(reaching.step)),
    ]


def drain(step: Callable[[], bool], most: int = MOST) -> int:
    """Do what waits, but not for ever; how many steps did something."""
    return next((done for done in range(most) if not step()), most)
