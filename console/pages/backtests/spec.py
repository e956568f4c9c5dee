"""What a form asks a backtest of: a rule, a span or a series of one's own, and what a second variant sets otherwise."""

from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import FileStorage

from core import bounded_process, clock
from core.alerting import rule_metadata
from core.alerting.alert_reads import Rule
from core.config import UploadsConfig
from core.errors import BadInput
from core.tabular import series as series_file

SPANS = {"6h": "6 hours", "24h": "24 hours", "3d": "3 days", "7d": "7 days", "30d": "30 days"}
_HOURS = {"h": 1, "d": 24}
LONGEST = timedelta(days=31)
FIELDS = ("rule", "span", "from", "to", "limit", "hold", "time", "value", "by", "combine", "unit")


def spec_of(typed: dict[str, str], rules: dict[str, Rule], series: dict[str, Any] | None, now: float) -> dict[str, Any]:
    """The spec that the worker runs. Raises BadInput naming the field."""
    if typed["rule"] not in rules:
        raise BadInput("$.rule", "choose a rule")
    variants: list[dict[str, Any]] = [{"name": "as configured", "set": {}}]
    changed = _changes(typed, rules[typed["rule"]])
    if changed:
        variants.append({"name": "tried", "set": changed})
    if series is not None:
        return {"rule": typed["rule"], "variants": variants, "series": series}
    start, end = _bounds(typed, now)
    return {"rule": typed["rule"], "from": start, "to": end, "variants": variants}


def series_of(typed: dict[str, str], file: FileStorage | None, limits: UploadsConfig) -> dict[str, Any] | None:
    """The series of a file that came with the form, read in a process of its own; None without one."""
    if file is None:
        return None
    name = (file.filename or "")[:100]
    found = bounded_process.call(
        series_file.parse, file.stream.read(limits.series_bytes + 1), f"the file {name}", typed["time"], typed["value"],
        limits.series_bytes, limits.series_points, typed["by"], typed["combine"],
        bounds=bounded_process.reading(limits), what="$.file",
    )  # fmt: skip
    series = {"name": name, "unit": typed["unit"][:20]}
    return {**series, "parts": found} if typed["by"] else {**series, "points": found[""]}


def _changes(typed: dict[str, str], rule: Rule) -> dict[str, Any]:
    """What the second variant sets otherwise."""
    changed: dict[str, Any] = {}
    if typed["limit"]:
        limits = rule_metadata.limits(rule.definition)
        if not limits:
            raise BadInput("$.limit", f"{rule.title} has no limit to change")
        try:
            changed["above" if limits[0][0] == ">" else "below"] = float(typed["limit"].replace(",", "."))
        except ValueError:
            raise BadInput("$.limit", "must be a number") from None
    if typed["hold"]:
        if not typed["hold"].rstrip("smhd").replace(".", "", 1).isdigit():
            raise BadInput("$.hold", "must be a duration such as 90s, 10m or 2h")
        changed["for"] = typed["hold"] if not typed["hold"].isdigit() else f"{typed['hold']}s"
    return changed


def _bounds(typed: dict[str, str], now: float) -> tuple[float, float]:
    if typed["from"] or typed["to"]:
        start, end = _moment("from", typed), _moment("to", typed)
        if not start < end:
            raise BadInput("$.to", "must be later than from")
        if end - start > LONGEST:
            raise BadInput("$.from", f"the span may be at most {LONGEST.days} days")
        return start.timestamp(), end.timestamp()
    if typed["span"] not in SPANS:
        raise BadInput("$.span", "choose an option from the list")
    return now - 3600 * int(typed["span"][:-1]) * _HOURS[typed["span"][-1]], now


def _moment(name: str, typed: dict[str, str]) -> datetime:
    try:
        return clock.moment(typed[name])
    except ValueError:
        raise BadInput(f"$.{name}", "enter both times as YYYY-MM-DDTHH:MM, UTC") from None


def typed_of(source: Any) -> dict[str, str]:
    """The fields of a form or an address, with what stands for those that are empty."""
    found = {name: str(source.get(name, "")).replace("\0", "").strip()[:100] for name in FIELDS}
    return {
        **found,
        "span": found["span"] or "24h",
        "time": found["time"] or "timestamp",
        "value": found["value"] or "value",
    }


def limit_of(rule: Rule) -> str:
    """The limits of a rule as it is configured, in a few words."""
    unit = rule_metadata.unit(rule.definition)
    return " or ".join(f"{sign} {value:g} {unit}".strip() for sign, value in rule_metadata.limits(rule.definition))


def lasting(spec: dict[str, Any]) -> str:
    """What a backtest looks at, in a few words."""
    if spec.get("series"):
        return f"file {spec['series']['name']}"
    if not spec.get("to"):
        return "a file"
    start, end = clock.to_datetime(spec["from"]), clock.to_datetime(spec["to"])
    return f"{start:%m-%d %H:%M} to {end:%m-%d %H:%M}"
