"""Which custom figures a collector has: modules of `collector/figures`, and queries that config/figures.toml names."""

import importlib
import pkgutil
from dataclasses import dataclass

from collector import figure_queries
from collector.figure import Figure
from core import log
from core.errors import BadInput
from core.settings import Settings
from core.untrusted_text import visible

PACKAGE = "collector.figures"
LONGEST_ERROR = 500
_log = log.get("figures")


@dataclass(frozen=True, slots=True)
class Known:
    """A figure and the file that defines it; `problem`: why it cannot be sampled, empty when it can."""

    source: str
    figure: Figure
    problem: str = ""


def figures(settings: Settings, package: str = PACKAGE) -> dict[str, Known]:
    """All figures by their name. A module that cannot be loaded has a problem; wrong lines of figures.toml raise
    ConfigError.
    """
    known = {
        name: Known(f"config/figures/{name}.sql", figure) for name, figure in figure_queries.figures(settings).items()
    }
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        source = f"{package.replace('.', '/')}/{info.name}.py"
        if info.name in known:
            known[info.name] = Known(source, known[info.name].figure, f"{known[info.name].source} has the same name")
            continue
        known[info.name] = _loaded(package, info.name, source)
    return dict(list(known.items())[: figure_queries.MOST_FIGURES])


def described(error: Exception) -> str:
    """What went wrong, on one line."""
    if isinstance(error, BadInput):
        said = error.reason
    else:
        lines = str(getattr(error, "orig", None) or error).strip().splitlines()
        said = lines[0] if hasattr(error, "orig") and lines else ": ".join([type(error).__name__, *lines[:1]])
    return visible(said)[:LONGEST_ERROR]


def _loaded(package: str, name: str, source: str) -> Known:
    try:
        found = importlib.import_module(f"{package}.{name}").FIGURE
        if isinstance(found, Figure):
            return Known(source, found)
        problem = f"FIGURE is a {type(found).__name__}, not a Figure"
    except Exception as error:  # a mistake in one file stops neither the collector nor other figures
        problem = described(error)
    _log.error("a figure cannot be loaded", figure=name, reason=problem)
    return Known(source, Figure(name, "", 60.0, lambda _: []), problem)
