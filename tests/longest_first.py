"""How a parallel run is packed: more workers than cores, and the longest files first.

Tests of stacks and pages wait for half of their time, so two workers a core keep it busy. A long file that begins when
the others are done is waited for alone: `tests/longest_files.toml` holds the seconds of the longest ones, and
`--file-times FILE` writes those of a run in its form.
"""

import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.tree import ROOT

KEPT = ROOT / "tests" / "longest_files.toml"
LEAST = 8.0  # seconds; below this the order makes no difference
_spent: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--file-times", type=Path, help="write how many seconds the longest test files took (TOML)")


def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means."""
    return int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") or 2 * len(os.sched_getaffinity(0)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = tomllib.loads(KEPT.read_text())
    items.sort(key=lambda item: -known.get(_file(item.nodeid), 0.0))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _spent[_file(report.nodeid)] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    asked = config.getoption("--file-times")
    if asked is not None:
        terminalreporter.write_line(f"{sum(_spent.values()):.0f} s of tests, by file in {asked}")
        asked.write_text(told(_spent))


def told(spent: dict[str, float]) -> str:
    """The files that took longest as TOML, the longest first."""
    longest = sorted(((seconds, name) for name, seconds in spent.items() if seconds >= LEAST), reverse=True)
    return "".join(f'"{name}" = {seconds:.0f}\n' for seconds, name in longest)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
