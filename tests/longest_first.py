"""How a parallel run is packed: two workers a core, the longest files first, and at most two whole stacks at a time.

Tests of stacks and pages wait for half of their time, so two workers a core keep a machine busy. A long file that
begins when the others are done is waited for alone: `tests/longest_files.toml` holds the seconds of the longest ones,
and `--file-times FILE` writes those of a run in its form. Tests that start every process of the product go one after
another in two chains, because five stacks at once would wait for one another. The tests of the architecture are a chain
too: parsing all sources takes some seconds, once in the process that has them all.
"""

import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.tree import ROOT

KEPT = ROOT / "tests" / "longest_files.toml"
LEAST = 8.0  # seconds; below this the order makes no difference
CHAINS = {
    "tests/upgrade/": "one chain of stacks",
    "tests/growth/": "one chain of stacks",
    "tests/faults/": "another chain of stacks",
    "tests/integration/alerts/test_end_to_end.py": "another chain of stacks",
    "tests/architecture/": "whoever has read the sources",
}
_spent: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--file-times", type=Path, help="write how many seconds the longest test files took (TOML)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means."""
    return int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") or 2 * len(os.sched_getaffinity(0)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files in our order, and chains, where `--dist loadfile` asks for files in the order of their number of tests."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Packed(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit(nodeid)

    config.option.loadscopereorder = False
    return Packed(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, kept together by what one worker takes at once."""
    known = tomllib.loads(KEPT.read_text())
    whole: Counter[str] = Counter()
    for file, seconds in known.items():
        whole[unit(file)] += seconds
    items.sort(key=lambda item: (-whole[unit(item.nodeid)], -known.get(_file(item.nodeid), 0.0)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _spent[_file(report.nodeid)] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    asked = config.getoption("--file-times")
    if asked is not None:
        terminalreporter.write_line(f"{sum(_spent.values()):.0f} s of tests, by file in {asked}")
        asked.write_text(told(_spent))


def unit(nodeid: str) -> str:
    """What one worker takes at once: the test's file, or the chain that it belongs to."""
    file = _file(nodeid)
    return next((chain for place, chain in CHAINS.items() if file.startswith(place)), file)


def told(spent: dict[str, float]) -> str:
    """The files that took longest as TOML, the longest first."""
    longest = sorted(((seconds, name) for name, seconds in spent.items() if seconds >= LEAST), reverse=True)
    return "".join(f'"{name}" = {seconds:.0f}\n' for seconds, name in longest)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
