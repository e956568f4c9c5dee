"""Whether our own processes answer (O4): the worker asks each one's /healthz itself, whatever the collector says.

A series is a process; its value is 0 when it answered 200 and 1 when not.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

from msgspec import Meta

from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.config_values import check_names, url_parts
from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import Settings

KIND = "processes"
FACTS = {"detail": "no answer", "fallback": "the Grafana dashboard"}
NAMES = ("api_url", "scoring_url", "console_url", "collector_url")
EVERY = 10.0
STARTING = 180.0  # how long a process that never answered is taken to be starting


class Parameters(Limits, frozen=True, kw_only=True):
    """`targets`: URL of each process; {api_url}, {scoring_url}, {console_url} and {collector_url} are settings.

    `fallback` is where people look meanwhile; `timeout` in seconds.
    """

    targets: dict[str, str]
    fallback: str
    timeout: Annotated[float, Meta(gt=0, le=5)] = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.targets:
            raise ValueError("targets must name at least one process")
        for url in self.targets.values():
            check_names(url, NAMES)


def check(parameters: Parameters, settings: Settings) -> list[str]:
    """Every target is a URL once settings are filled in."""
    found = []
    for name, url in parameters.targets.items():
        if url_parts(filled(url, settings)) is None or "/" not in filled(url, settings).partition("://")[2]:
            found.append(f"targets.{name}: {filled(url, settings)!r} is not an http or https URL with a path")
    return found


def things(parameters: Parameters, settings: Settings) -> list[str]:
    """The processes that such a rule watches."""
    return list(parameters.targets)


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each process; asked side by side, every ten seconds."""
    found = context.memory.remember((KIND, context.rule), context.now, EVERY, lambda: _ask(context, parameters))
    gone = sorted(context.known_series() - set(parameters.targets))
    return found + [Reading(name, None, gone=True) for name in gone]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def _ask(context: RuleContext, parameters: Parameters) -> list[Reading]:
    addresses = {name: filled(url, context.settings) for name, url in parameters.targets.items()}
    with ThreadPoolExecutor(max_workers=max(1, len(addresses))) as pool:
        answers = list(pool.map(lambda url: trouble(url, parameters.timeout), addresses.values()))
    met: set[str] = context.memory.remember((KIND, context.rule, "met"), context.now, math.inf, set)
    met |= {name for name, why in zip(addresses, answers, strict=True) if not why}
    first = context.memory.remember((KIND, context.rule, "first"), context.now, math.inf, lambda: context.now)
    is_starting = context.now - first < STARTING
    return [
        read(name, why, is_starting and name not in met, parameters.fallback)
        for name, why in zip(addresses, answers, strict=True)
    ]


def read(name: str, why: str, is_starting: bool, fallback: str) -> Reading:
    """The reading of a process; one that has not answered yet, just after the worker's start, is missing data; pure."""
    if why and is_starting:
        return Reading(name, None, details={"missing": "it has not responded yet"})
    return Reading(name, 1.0 if why else 0.0, 1, details={"detail": why, "fallback": fallback})


def filled(url: str, settings: Settings) -> str:
    """The URL with settings in place of names in braces."""
    return url.format(**{name: getattr(settings, name) for name in NAMES})


def trouble(url: str, timeout: float) -> str:
    """Why a process does not answer as it should; '' when it does."""
    base, _, path = url.rpartition("/")
    try:
        status = HttpClient(base, timeout=timeout, connections=1).get(f"/{path}").status
    except HttpUnavailable:
        return "no answer"
    return "" if status == 200 else f"it responds with {status}"
