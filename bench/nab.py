"""The labelled series of the Numenta Anomaly Benchmark through a threshold rule and both detectors of the anomaly rule.

`python -m bench nab`: for each series what each rule finds. A detection is a labelled window in which the rule fires
(or already does); a false alarm is a firing that begins outside every window. The series lie in GATEHOUSE_SAMPLE_DATA
(`nab/*.csv` and `nab/combined_windows.json`). The threshold is set on the first 15 % of a series, which NAB calls the
probationary period, as the highest value there plus a tenth of its range, and judged on the rest. Each rule runs twice:
firing at once, and after three points in a row, as the shipped rules wait some minutes.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from alerts.backtest.cli import read_csv
from alerts.backtest.run import follow, from_series
from alerts.backtest.spec import Series
from alerts.config import AlertsConfig, RuleConfig
from alerts.evaluate import rule as contract
from alerts.evaluate.ruleset import Rule, build

PROBATION = 0.15
NAMES = tuple(f"{name}{waits}" for name in ("threshold", "spread", "records") for waits in ("", ", waits"))


def main() -> int:
    """Prints a row for each series; exit code 0, or 1 when there is no data."""
    folder = Path(os.environ.get("GATEHOUSE_SAMPLE_DATA", "")) / "nab"
    if not (folder / "combined_windows.json").exists():
        print("set GATEHOUSE_SAMPLE_DATA to a folder with nab/*.csv and nab/combined_windows.json")
        return 1
    labels = {
        Path(name).name: found for name, found in json.loads((folder / "combined_windows.json").read_text()).items()
    }
    sums = {name: [0, 0, 0, 0.0] for name in NAMES}
    print(f"{'series':40} {'rule':17} {'found':>8} {'false alarms':>13} {'days':>6}  firing")
    for path in sorted(folder.glob("*.csv")):
        series = read_csv(path, "timestamp", "value", combine="last")  # two series have one time twice
        windows = [(_at(begin), _at(end)) for begin, end in labels[path.name]]
        first = series.points[int(len(series.points) * PROBATION)][0]
        for name, rule in rules(series, first).items():
            found, false, share = judged(rule, series, windows, first)
            days = (series.points[-1][0] - first) / 86400
            for i, value in enumerate((found, len(windows), false, days)):
                sums[name][i] += value
            print(f"{path.stem:40} {name:17} {found:>4} of {len(windows)} {false:>13} {days:6.1f}  {share:.1%}")
    for name, (found, windows_of, false, days) in sums.items():
        rate = f"{false:.0f} false alarms in {days:.0f} days, {false / days:.2f} a day"
        print(f"{name}: {found:.0f} of {windows_of:.0f} windows, {rate}")
    return 0


def rules(series: Series, first: float) -> dict[str, Rule]:
    """A threshold learnt before `first`, and both detectors of the anomaly rule as it ships, its lengths fitted to the
    series' step.
    """
    before = [value for at, value in series.points if at < first and value is not None]
    step = sorted(b[0] - a[0] for a, b in zip(series.points, series.points[1:], strict=False))[len(series.points) // 2]
    above = max(before) + 0.1 * (max(before) - min(before))
    general, kinds = AlertsConfig(), contract.all_kinds()
    limits = {"metric": "latency_p95", "window": "5m", "above": above}
    usual = {"metric": "latency_p95", "window": step, "days": 7, "deviations": 6.0}
    usual["trailing"] = max(10800.0, 144 * step)
    found = {}
    anomalies = (("anomaly", name, usual | {"detector": name}) for name in ("spread", "records"))
    for kind, name, parameters in (("window", "threshold", limits), *anomalies):
        for words, hold in (("", 0.0), (", waits", 2 * step)):
            times = {"hold": hold, "keep_firing_for": 6 * step}
            config = RuleConfig("N", "NAB", "", kind, "low", parameters=parameters, **times)
            found[name + words] = build(config, general, kinds, {})
    return found


def judged(rule: Rule, series: Series, windows: list[tuple[float, float]], first: float) -> tuple[int, int, float]:
    """(windows found, false alarms, share of the time firing) after the probationary period."""
    source = from_series(series)
    [(step, ticks)] = source.streams(rule)
    seen = follow(rule, ticks, {}, step)
    spans = [(one.start, source.end if one.end is None else one.end) for one in seen.firings]
    firings = [(max(start, first), end) for start, end in spans if end > first]
    found = sum(any(begin <= end and stop >= start for begin, stop in firings) for start, end in windows)
    false = sum(not any(start <= begin <= end for start, end in windows) for begin, _ in firings)
    share = sum(stop - begin for begin, stop in firings) / (source.end - first)
    return found, false, share


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
