"""What a custom figure measured becomes points, and what cannot be drawn is refused with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.figure import MOST_POINTS, MOST_SERIES, Figure, Measured, Point, points
from collector.figure_queries import statement
from collector.figure_registry import described, figures
from core import settings
from core.errors import BadInput

NOW = 1_790_000_000.0


def test_a_number_numbers_by_name_and_points_are_taken() -> None:
    assert points(3, NOW, NOW, 0) == [(NOW, "", 3.0)]
    assert points({"a": 1.5, "b": 2}, NOW, NOW, 0) == [(NOW, "a", 1.5), (NOW, "b", 2.0)]
    assert points([Point(1, "a", NOW - 60), Point(2, "a", NOW - 60), Point(3, "a")], NOW, NOW, 0) == [
        (NOW - 60, "a", 2.0), (NOW, "a", 3.0),
    ]  # fmt: skip
    assert points([], NOW, NOW, 0) == []


def test_what_is_older_than_is_kept_is_left_out_and_names_hide_nothing() -> None:
    assert points([Point(1, "a", NOW - 100)], NOW, NOW, NOW - 50) == []
    assert points({"a\u202eb\x00": 1.0}, NOW, NOW, 0) == [(NOW, "a\\u202eb\\x00", 1.0)]


def endless() -> Iterator[Point]:
    while True:
        yield Point(1.0)


@pytest.mark.parametrize(
    "measured",
    [
        float("nan"), float("inf"), 1e16, "many", None, [1.0], {"a": "many"}, [Point(1.0, "", NOW + 3600)],
        [Point(1.0, "", float("nan"))], [Point(1.0, "", 1e300)], endless(),
        [Point(1.0, str(at)) for at in range(MOST_SERIES + 1)],
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(measured: Measured) -> None:
    with pytest.raises((BadInput, ValueError, TypeError)) as raised:
        points(measured, NOW, NOW, 0)
    assert described(raised.value)


def test_bounds_are_those_of_the_contract() -> None:
    assert len(points([Point(1.0, "", NOW - at) for at in range(MOST_POINTS)], NOW, NOW, 0)) == MOST_POINTS
    for every, timeout in ((9.0, 10.0), (1e6, 10.0), (60.0, 61.0), (60.0, 0.0)):
        with pytest.raises(ValueError, match=r"every|timeout"):
            Figure("Title", "", every, lambda _: 1.0, timeout)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 AS value",
        "SELECT 1 AS value;\n",
        "-- one; two\nSELECT ';' AS series, /* ; */ 1 AS value",
        "SELECT E'it\\'s;' AS series, 1 AS value",
        'SELECT 1 AS "a;b"',
        "SELECT $x$;$x$ AS series, 1 AS value",
    ],
)
def test_one_statement_is_taken(text: str, tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text(text)
    assert statement(tmp_path / "one.sql")


@pytest.mark.parametrize(
    "text",
    ["", "-- x", "SELECT 1; DROP TABLE users", "SELECT E'\\'' ; COMMIT; SELECT ''", "SELECT 1) x; COMMIT; SELECT (1"],
)  # fmt: skip
def test_no_statement_and_several_are_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text(text)
    with pytest.raises(BadInput):
        statement(tmp_path / "one.sql")
    with pytest.raises(BadInput, match="cannot be read"):
        statement(tmp_path / "other.sql")


def test_a_module_that_cannot_be_loaded_has_a_problem_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broken_figures"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "bad.py").write_text("1 / 0\n")
    (folder / "labels.py").write_text("")
    (folder / "none.py").write_text("FIGURE = 3\n")
    (folder / "good.py").write_text("from collector.figures.stream_delay import FIGURE\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = figures(settings.load({}), "broken_figures")
    assert {name: one.problem for name, one in found.items()} == {
        "labels": "config/figures/labels.sql has the same name",
        "bad": "ZeroDivisionError: division by zero",
        "good": "",
        "none": "FIGURE is a int, not a Figure",
    }
