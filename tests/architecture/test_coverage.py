"""Coverage: every room is measured, and the judge says which room is below its floor."""

import tomllib

import pytest

from tests.coverage_floors import Reached, judge, rooms, table
from tests.tree import ROOMS, ROOT

FOUND = {"core": Reached(80, 79, 20, 11), "api": Reached(10, 10, 0, 0)}


def summary(*figures: int) -> dict[str, dict[str, int]]:
    names = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    return {"summary": dict(zip(names, figures, strict=True))}


def test_every_room_is_measured_with_its_branches() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert set(tools["coverage"]["run"]["source"]) == {*ROOMS, "client"}
    assert set(tools["gatehouse"]["coverage"]) == {*ROOMS, "client"}
    assert tools["coverage"]["run"]["branch"] is True


def test_files_are_summed_by_room() -> None:
    report = {"files": {"core/a.py": summary(60, 60, 20, 11), "core/b/c.py": summary(20, 19, 0, 0),
                        "api/d.py": summary(10, 10, 0, 0)}}  # fmt: skip
    assert rooms(report) == FOUND


@pytest.mark.parametrize(
    ("floors", "wrong"),
    [
        ({"core": 90, "api": 100}, []),
        ({"core": 90.1, "api": 100}, ["core is reached to 90.0 %, below its floor of 90.1 %"]),
        ({"core": 90}, ["api has no floor"]),
        ({"core": 90, "api": 100, "ml": 1}, ["nothing of ml was measured"]),
    ],
)
def test_a_room_below_its_floor_is_named(floors: dict[str, float], wrong: list[str]) -> None:
    assert judge(FOUND, floors) == wrong


def test_the_table_shows_each_room_and_who_has_no_floor() -> None:
    header, api, core = table(FOUND, {"core": 85}).splitlines()
    assert header.split() == ["room", "statements", "branches", "reached", "floor"]
    assert core.split() == ["core", "80", "20", "90.0", "%", "85", "%"]
    assert api.split() == ["api", "10", "0", "100.0", "%", "none"]
