"""`make coverage`: how much of each room the unit and integration tests reach, lines and branches, against its floor.

The floors stand in pyproject.toml, `[tool.gatehouse.coverage]`, in percent, one for each room, one to two points
under a run of this command. A room below its floor, or without one, fails it. What runs in a process that a test
starts is not counted.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from tests.tree import ROOT


class Reached(NamedTuple):
    """Of the statements and of the ways at each branch, how many there are and how many some test took."""

    statements: int = 0
    run: int = 0
    branches: int = 0
    taken: int = 0

    def __add__(self, other: tuple[int, ...]) -> "Reached":  # type: ignore[override]
        return Reached(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def percent(self) -> float:
        """As coverage.py counts: statements and ways of branches together."""
        return 100.0 * (self.run + self.taken) / max(1, self.statements + self.branches)


def rooms(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, Reached]:
    """Each room's figures, of the report that `coverage json` writes."""
    found: dict[str, Reached] = {}
    for name, file in report["files"].items():
        told = file["summary"]
        one = Reached(told["num_statements"], told["covered_lines"], told["num_branches"], told["covered_branches"])
        room = Path(name).parts[0]
        found[room] = found.get(room, Reached()) + one
    return found


def judge(found: dict[str, Reached], floors: dict[str, float]) -> list[str]:
    """What is wrong: a room below its floor or without one, or a floor without its room."""
    below = [
        f"{room} is reached to {one.percent:.1f} %, below its floor of {floors[room]} %"
        for room, one in found.items()
        if room in floors and one.percent < floors[room]
    ]
    missing = [f"{room} has no floor" for room in sorted(found.keys() - floors.keys())]
    return below + missing + [f"nothing of {room} was measured" for room in sorted(floors.keys() - found.keys())]


def table(found: dict[str, Reached], floors: dict[str, float]) -> str:
    """The figures for people, a room a line."""
    lines = [f"{'room':<12}{'statements':>12}{'branches':>12}{'reached':>10}{'floor':>8}"]
    for room, one in sorted(found.items()):
        figures = f"{one.statements:>12,}{one.branches:>12,}{one.percent:>8.1f} %"
        lines.append(f"{room:<12}{figures}{f'{floors[room]:g} %' if room in floors else 'none':>8}")
    return "\n".join(lines)


def main() -> int:
    """Reads a report of `coverage json`, prints it by rooms, and fails below a floor."""
    report = json.loads(Path(sys.argv[1]).read_text())
    floors = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["gatehouse"]["coverage"]
    found = rooms(report)
    print(table(found, floors))
    problems = judge(found, floors)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
