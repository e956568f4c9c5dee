"""`python -m alerts check`: every file of config/ as the process that owns it loads it, all problems at once.

Rooms know only core, so the loaders of other rooms are found by name, as parts are (core/discovery.py). The shared
files were checked when the settings were loaded.
"""

import importlib
from collections.abc import Callable

from alerts.digest.reports import PERFORMANCE, REPORTS
from alerts.evaluate import ruleset
from alerts.notify import channel_registry
from alerts.respond import action
from core.errors import ConfigError
from core.settings import Settings

Loader = Callable[[Settings], object]
# Who reads which files: a function of the settings that raises ConfigError.
OWNERS: dict[str, tuple[str, ...]] = {
    "api.config:load": ("monitoring.toml",),
    "collector.export:configured": ("sinks.toml",),
    "collector.health:check": ("services.toml",),
    "collector.correlation.rules:check": ("sigma",),
    "collector.figure_queries:check": ("figures.toml", "figures"),
    "console.auth.config:load": ("access.toml",),
    "console.auth.oidc.config:load": ("oidc.toml",),
    "core.models.drift.params:load": ("drift.toml",),
    "core.statuses.detector.params:load": ("statuses.toml",),
    "core.transactions.review:load": ("review.toml",),
    "ml.config:load": ("model.toml",),
    "simulator.config:load": ("simulator.toml",),
}


def check(settings: Settings) -> None:
    """Raises ConfigError with what is wrong in any file."""
    problems: list[str] = []
    for load in [ruleset.load, action.load, channel_registry.load, check_receivers, *map(_loader, OWNERS)]:
        try:
            load(settings)
        except ConfigError as error:
            problems += [one for one in error.problems if one not in problems]
    if problems:
        raise ConfigError(problems)


def check_receivers(settings: Settings) -> None:
    """Raises ConfigError when a digest goes to a channel that there is not."""
    known = {parameters.name for _, parameters in channel_registry.load(settings)[1]}
    problems = []
    for report in REPORTS.values():
        where = "performance.toml: [digest]" if report is PERFORMANCE else f"reports.toml: [{report.name}]"
        unknown = sorted(set(report.schedule(settings).receivers) - known)
        problems += [f"{where} receivers: there is no channel {name!r}" for name in unknown]
    if problems:
        raise ConfigError(problems)


def _loader(name: str) -> Loader:
    module, _, function = name.partition(":")
    found: Loader = getattr(importlib.import_module(module), function)
    return found
