"""What a sender says of a status, a code or a count: taken in its usual forms, or refused by name."""

import pytest

from core.errors import BadInput
from core.events import status_series
from core.events.status_series import Series


def test_words_are_stripped_and_folded_and_codes_stay_text() -> None:
    assert status_series.series(" Shop ", " Denied ", " 05 ", {}) == Series("shop", "denied", "05", "")
    assert status_series.series(None, None, 5, {}) == Series("default", "", "05", "")
    assert status_series.series(None, "x", "", {}).auth_code == ""


def test_dimensions_are_one_text_whatever_their_order() -> None:
    first = status_series.series(None, "x", None, {"issuer": " a ", "gateway": 'g"1'})
    second = status_series.series(None, "x", None, {"gateway": 'g"1', "issuer": "a", "country": None, "region": ""})
    assert first == second
    assert first.dimensions == r'{"gateway":"g\"1","issuer":"a"}'


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ((None, None, None, {}), "$.status"),
        ((None, None, "", {}), "$.status"),
        ((None, "", "00", {}), "$.status"),
        ((None, " ", None, {}), "$.status"),
        ((None, "x" * 101, None, {}), "$.status"),
        ((None, "\u0130" * 100, None, {}), "$.status"),  # a dotted capital I is two characters in lower case
        ((None, "a\x00", None, {}), "$.status"),
        ((None, 5, None, {}), "$.status"),
        ((None, ["x"], None, {}), "$.status"),
        ((None, "x", 100, {}), "$.auth_code"),
        ((None, "x", -1, {}), "$.auth_code"),
        ((None, "x", True, {}), "$.auth_code"),
        ((None, "x", 5.0, {}), "$.auth_code"),
        ((None, "x", {}, {}), "$.auth_code"),
        (("", "x", None, {}), "$.source"),
        (("Gatehouse", "x", None, {}), "$.source"),
        (("scoring", "x", None, {}), "$.source"),
        ((" SALES", "x", None, {}), "$.source"),
        (("reported:shop", "x", None, {}), "$.source"),
        ((None, "x", None, {str(n): "v" for n in range(7)}), "$.dimensions"),
        ((None, "x", None, {"n" * 41: "v"}), "$.dimensions"),
        ((None, "x", None, {"\n": "v"}), "$.dimensions"),
        ((None, "x", None, {"gateway": "v" * 101}), "$.dimensions.gateway"),
        ((None, "x", None, {"gateway": 5}), "$.dimensions.gateway"),
        ((None, "x", None, {"gateway": ["v"]}), "$.dimensions"),
    ],
)
def test_what_is_no_series_is_refused_by_name(given: tuple[object, ...], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        status_series.series(*given)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(("given", "taken"), [(0, 0), (5.0, 5), ("5", 5), (" 7.00 ", 7), (10**12, 10**12)])
def test_whole_numbers_are_counts(given: object, taken: int) -> None:
    assert status_series.count(given) == taken


@pytest.mark.parametrize(
    "given",
    [None, -1, 1.5, True, float("nan"), float("inf"), 10**12 + 1, 10**40, 1e300, "", "-1", "1e3", "NaN", "\u0665", []],
)
def test_anything_else_is_none(given: object) -> None:
    with pytest.raises(BadInput) as refused:
        status_series.count(given)
    assert refused.value.field == "$.count"


def test_adding_is_true_or_false() -> None:
    assert [status_series.adds(given) for given in (None, False, True)] == [False, False, True]
    with pytest.raises(BadInput):
        status_series.adds(1)
