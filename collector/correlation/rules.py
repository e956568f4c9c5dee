"""Loads config/sigma/*.yml: detections and the correlations over them, in Sigma's format; wrong ones stop the start.

Every problem is named with its file and field. A correlation may name another correlation among its rules: its matches
are stored events like all others.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from collector.correlation.detection import BadRule, Predicate, compile_detection
from core.errors import ConfigError
from core.events.base import Severity
from core.settings import Settings

TYPES = ("event_count", "value_count", "temporal", "temporal_ordered")
LEVELS: dict[str, Severity] = {
    "informational": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "critical": "critical",
}
OPERATORS = ("gt", "gte", "eq")
SOURCES = {"webserver": "requests"}  # logsource.category; all others are security events
_SPAN = re.compile(r"(\d+)([smhd])\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NAME = re.compile(r"[a-z0-9_]{1,60}\Z")


@dataclass(frozen=True)
class Detection:
    """Which single events are meant; `source` is `security` or `requests`."""

    name: str
    source: str
    matches: Predicate


@dataclass(frozen=True)
class Correlation:
    """How many, of what, within how many seconds (`timespan`), by which fields. `least` events or values."""

    name: str
    title: str
    type: str
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    timespan: float
    severity: Severity
    source: str
    least: int = 1
    field: str = ""


@dataclass(frozen=True)
class Rules:
    """Everything loaded, by name. A correlation that others name has a detection of its matches too."""

    detections: dict[str, Detection]
    correlations: list[Correlation]


def check(settings: Settings) -> Rules:
    """The rules of config/sigma. Raises ConfigError with every problem found."""
    return load(settings.config_dir / "sigma")


def load(folder: Path) -> Rules:
    """The rules of every *.yml file of a folder. Raises ConfigError with every problem found."""
    problems: list[str] = []
    found: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            documents = list(yaml.safe_load_all(path.read_text()))
        except (OSError, yaml.YAMLError) as error:
            problems.append(f"sigma/{path.name}: {' '.join(str(error).split())}")
            continue
        for document in documents:
            if isinstance(document, dict):
                found.append((path.name, document))
            elif document is not None:
                problems.append(f"sigma/{path.name}: expected maps, one a document")
    detections: dict[str, Detection] = {}
    waiting: list[tuple[str, dict[str, Any]]] = []
    names: set[str] = set()
    for file, document in found:
        try:
            name = _name(document, names)
            if "correlation" in document:
                waiting.append((file, document))
                detections[name] = _of_matches(name)
            else:
                category = (document.get("logsource") or {}).get("category", "")
                matches = compile_detection(document.get("detection"))
                detections[name] = Detection(name, SOURCES.get(category, "security"), matches)
        except BadRule as error:
            problems.append(f"sigma/{file}: {document.get('title', 'rule')}: {error}")
    correlations = []
    for file, document in waiting:
        try:
            correlations.append(_correlation(document, detections))
        except BadRule as error:
            problems.append(f"sigma/{file}: {document.get('title', 'rule')}: {error}")
    if problems:
        raise ConfigError(problems)
    return Rules(detections, correlations)


def _of_matches(name: str) -> Detection:
    return Detection(
        name,
        "security",
        lambda event: event.get("event.dataset") == "correlation" and event.get("event.action") == name,
    )


def _name(document: dict[str, Any], names: set[str]) -> str:
    name = document.get("name")
    if not isinstance(document.get("title"), str):
        raise BadRule("title", "expected a text")
    if not isinstance(name, str) or not _NAME.match(name):
        raise BadRule("name", "expected small letters, digits and _")
    if name in names:
        raise BadRule("name", f"{name} is used twice")
    names.add(name)
    return name


def _correlation(document: dict[str, Any], known: dict[str, Detection]) -> Correlation:
    block = document["correlation"]
    if not isinstance(block, dict):
        raise BadRule("correlation", "expected a map")
    extra = set(block) - {"type", "rules", "group-by", "timespan", "condition"}
    if extra:
        raise BadRule(f"correlation.{min(extra)}", "is not supported")
    if block.get("type") not in TYPES:
        raise BadRule("correlation.type", f"expected one of {', '.join(TYPES)}")
    rules = _texts(block.get("rules"), "correlation.rules")
    if unknown := [name for name in rules if name not in known]:
        raise BadRule("correlation.rules", f"there is no rule {unknown[0]!r}")
    sources = {known[name].source for name in rules}
    if len(sources) > 1:
        raise BadRule("correlation.rules", "requests and security events cannot be mixed in one rule")
    group_by = _texts(block.get("group-by") or [], "correlation.group-by")
    source = sources.pop()
    if source == "requests" and group_by != ("source.ip",):
        raise BadRule("correlation.group-by", "rules over requests group by source.ip")
    span = _SPAN.match(str(block.get("timespan")))
    if not span:
        raise BadRule("correlation.timespan", "expected a number and s, m, h or d, such as 10m")
    if document.get("level") not in LEVELS:
        raise BadRule("level", f"expected one of {', '.join(LEVELS)}")
    least, field = _condition(block)
    return Correlation(
        document["name"],
        document["title"],
        block["type"],
        rules,
        group_by,
        float(int(span[1]) * _SECONDS[span[2]]),
        LEVELS[document["level"]],
        source,
        least,
        field,
    )


def _condition(block: dict[str, Any]) -> tuple[int, str]:
    condition = block.get("condition")
    if block["type"].startswith("temporal"):
        if condition is not None:
            raise BadRule("correlation.condition", "temporal rules have none")
        return 1, ""
    if not isinstance(condition, dict):
        raise BadRule("correlation.condition", "expected a map such as {gte: 5}")
    field = condition.get("field", "")
    if (block["type"] == "value_count") != bool(field) or not isinstance(field, str):
        raise BadRule(
            "correlation.condition.field", "value_count needs the field whose values count; no other type does"
        )
    given = [name for name in condition if name != "field"]
    if len(given) != 1 or given[0] not in OPERATORS:
        raise BadRule("correlation.condition", f"expected one of {', '.join(OPERATORS)}")
    number = condition[given[0]]
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise BadRule(f"correlation.condition.{given[0]}", "expected a whole number from 1")
    return number + (given[0] == "gt"), field


def _texts(value: Any, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or any(not isinstance(one, str) for one in values):
        raise BadRule(where, "expected a list of names")
    if where.endswith("rules") and not values:
        raise BadRule(where, "expected at least one")
    return tuple(values)
