"""The chart of misnamed inputs: a line for each caller that has any, and nothing of callers that have none."""

from typing import Any

from console.figures import input_names
from core.monitoring.input_names import CallerNames, InputNames

MINUTES = [60_000 * n for n in range(180)]


def caller(name: str, **lists: list[int]) -> CallerNames:
    nothing = [0] * 180
    known: dict[str, Any] = {"feature": nothing, "missing": nothing, "field": nothing, **lists}
    return CallerNames(caller=name, requests=9, names=[], **known)


def draw(*callers: CallerNames, others: int = 0) -> Any:
    found = InputNames(minutes=MINUTES, callers=list(callers), others=others, counted=True)
    return input_names.draw(found)["data"]


def test_unknown_is_solid_and_left_out_is_dotted() -> None:
    broken = [0] * 170 + [3] * 10
    unknown, missing = draw(caller("shop", feature=broken, field=broken, missing=broken), caller("good"))
    assert (unknown["name"], unknown["line"]["dash"], unknown["y"][-1]) == ("shop: unknown", "solid", 6)
    assert (missing["name"], missing["line"]["dash"], missing["y"][-1]) == ("shop: left out", "dot", 3)
    assert unknown["x"] == MINUTES


def test_a_callers_name_is_no_markup() -> None:
    (trace,) = draw(caller("<b>%{x}", feature=[1] * 180))
    assert trace["name"].startswith("&lt;b>")
    assert "%{x}" not in trace["hovertemplate"]


def test_of_many_callers_the_first_are_drawn() -> None:
    assert len(draw(*(caller(f"c{n}", feature=[1] * 180) for n in range(12)), others=3)) == input_names.MOST
