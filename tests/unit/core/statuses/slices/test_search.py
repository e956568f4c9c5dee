"""The slice that changed is named, with before and after; what changed everywhere names none; order changes nothing."""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.statuses.slices.rows import Rows, from_counts, from_rows
from core.statuses.slices.search import NO_SLICE, Condition, Side, Where, find, find_volume

NAMES = ("country", "gateway", "issuer")
CELLS = list(product(("BR", "DE", "US"), ("a", "b"), ("x", "y", "z")))
USUAL = (60, 1000, 12, 200)  # bad and all before, bad and all during


def table(changes: dict[tuple[str, ...], tuple[float, ...]], usual: tuple[float, ...] = USUAL) -> Rows:
    """A cell for each combination; those that have all the words of a change have its counts."""
    counts = []
    for cell in CELLS:
        own = [found for words, found in changes.items() if set(words) <= set(cell)]
        counts.append(own[0] if own else usual)
    return cells(CELLS, counts)


def cells(values: list[tuple[Any, ...]], counts: list[Any], names: tuple[str, ...] = NAMES) -> Rows:
    columns = {}
    for i, name in enumerate(names):
        texts = sorted({value[i] for value in values} - {None})
        columns[name] = ([texts.index(value[i]) if value[i] is not None else -1 for value in values], texts)
    return from_counts(columns, counts)


def test_the_slice_that_failed_is_first_with_before_and_after() -> None:
    where = find(table({("b", "x"): (60, 1000, 80, 200)}), "up")
    (found,) = where.slices
    assert found.conditions == (Condition("gateway", "b"), Condition("issuer", "x"))
    assert (found.before, found.during) == (Side(180, 3000), Side(240, 600))
    assert (found.before.share, found.during.share) == (0.06, 0.4)
    assert found.gain > 50
    assert found.explains == pytest.approx(1)
    assert (where.whole.during, where.all_changed) == (Side(420, 3600), False)
    assert str(where) == "gateway = b and issuer = x"


@pytest.mark.parametrize("during", [100, 12, 13])
def test_what_changed_everywhere_or_nowhere_has_no_place(during: int) -> None:
    where = find(table({}, (60, 1000, during, 200)))
    assert where.slices == ()
    assert str(where) == NO_SLICE
    assert where.tried == 3 + 2 + 3 + 6 + 9 + 6 + 18


def test_a_fall_of_approvals() -> None:
    rows = table({("DE",): (900, 1000, 90, 200)}, (900, 1000, 180, 200))
    assert str(find(rows, "down")) == str(find(rows)) == "country = DE"
    assert str(find(rows, "up")) == NO_SLICE


def test_two_faults_are_two_slices_the_greater_first() -> None:
    first, second = find(table({("b", "x"): (60, 1000, 100, 200), ("US",): (60, 1000, 30, 200)}), "up").slices
    assert (str(first), str(second)) == ("gateway = b and issuer = x", "country = US")
    assert first.explains > second.explains > 0.2
    assert first.explains + second.explains == pytest.approx(1)
    assert second.during == Side(4 * 30 + 2 * 30 + 0 + 100 - 30, 1200)


def test_a_slice_that_changed_more_than_all() -> None:
    where = find(table({("DE", "a"): (60, 1000, 150, 200)}, (60, 1000, 40, 200)), "up")
    assert str(where) == "country = DE and gateway = a"


def test_a_slice_that_changed_while_the_rest_went_the_other_way() -> None:
    rows = table({("DE", "a", "x"): (60, 1000, 40, 200)}, (60, 1000, 9, 200))
    assert str(find(rows, "up")) == "country = DE and gateway = a and issuer = x"


def test_all_changed_and_one_slice_more() -> None:
    where = find(table({("DE", "a", "x"): (60, 1000, 190, 200)}, (60, 1000, 60, 200)), "up")
    assert (str(where), where.all_changed) == ("country = DE and gateway = a and issuer = x", True)


def test_a_value_that_nobody_has_seen_is_judged() -> None:
    rows = table({("BR",): (0, 0, 60, 200)})
    (found,) = find(rows, "up").slices
    assert (str(found), found.before.share) == ("country = BR", None)


def test_many_more_of_what_was_always_bad_raise_the_share() -> None:
    (found,) = find(table({("BR", "a"): (60, 100, 120, 200)}), "up").slices
    assert str(found) == "country = BR and gateway = a"
    assert (found.before.share, found.during.share) == (0.6, 0.6)


def test_slices_of_the_same_rows_are_one_and_the_shortest_wins() -> None:
    values = [(country, country.lower(), gateway) for country in ("BR", "DE", "US") for gateway in ("a", "b")]
    counts = [(60, 1000, 80, 200) if country == "DE" else USUAL for country, _, _ in values]
    (found,) = find(cells(values, counts, ("land", "country", "gateway")), "up").slices
    assert str(found) == "country = de"


def test_missing_is_a_value() -> None:
    values = [(country, gateway) for country in ("BR", None, "US") for gateway in ("a", "b")]
    counts = [USUAL if country else (60, 1000, 80, 200) for country, _ in values]
    assert str(find(cells(values, counts, ("country", "gateway")), "up")) == "country = missing"


def test_a_volume_that_vanished() -> None:
    rows = table({("DE", "b"): (60, 1000, 0, 5)})
    (found,) = find_volume(rows, 0.2, "down").slices
    assert str(found) == "country = DE and gateway = b"
    assert (found.before, found.during) == (Side(3000, 18000), Side(15, 3015))
    assert found.explains == pytest.approx(1)


def test_a_volume_that_appeared() -> None:
    assert str(find_volume(table({("US", "z"): (0, 0, 0, 900)}), 0.2)) == "country = US and issuer = z"


def test_a_volume_that_fell_everywhere_has_no_place() -> None:
    assert find_volume(table({}, (60, 1000, 6, 100)), 0.2, "down").slices == ()
    where = find_volume(table({("DE", "b"): (60, 1000, 0, 5)}, (60, 1000, 6, 100)), 0.2, "down")
    assert (str(where), where.all_changed) == ("country = DE and gateway = b", True)


def test_no_row_is_due_for_none() -> None:
    with pytest.raises(ValueError, match="above zero"):
        find_volume(table({}), 0.0)


@pytest.mark.parametrize(
    ("during", "bad"),
    [([], []), ([True], [True]), ([False], [True]), ([True] * 40, [True] * 40), ([False] * 40, [False] * 40)],
)
def test_windows_that_say_nothing(during: list[bool], bad: list[bool]) -> None:
    rows = from_rows({"x": ([0] * len(during), ["a"]), "y": ([-1] * len(during), [])}, during, bad)
    for where in (find(rows), find(rows, "up"), find_volume(rows, 1.0)):
        assert finite(where)
    assert find(rows).slices == ()
    assert find(from_rows({}, during, bad)).slices == ()


def test_all_bad_in_both_windows_is_no_change() -> None:
    rows = table({}, (1000, 1000, 200, 200))
    assert find(rows).slices == ()
    assert finite(find(rows))


def finite(where: Where) -> bool:
    found = [where.whole, *where.slices]
    return all(math.isfinite(one.gain) and 0 <= one.explains <= 1 for one in found)


ENTRY = st.tuples(
    st.integers(-1, 2), st.integers(-1, 1), st.integers(0, 3), st.booleans(), st.booleans(), st.integers(0, 30)
)


@settings(max_examples=30, deadline=None)
@given(st.lists(ENTRY, max_size=40), st.randoms(use_true_random=False))
def test_order_changes_nothing_and_nothing_is_nan(entries: list[Any], random: Any) -> None:
    """Whatever the rows: neither their order, nor that of attributes, nor that of codes."""
    shuffled = random.sample(entries, len(entries))
    one, other = rows_of(entries), rows_of(shuffled, backwards=True)
    for found, again in (
        (find(one), find(other)),
        (find(one, "up"), find(other, "up")),
        (find_volume(one, 0.5), find_volume(other, 0.5)),
    ):
        assert found == again
        assert finite(found)


def rows_of(entries: list[Any], backwards: bool = False) -> Rows:
    columns = {}
    for i, size in enumerate((3, 2, 4)):
        codes = np.array([entry[i] for entry in entries], int)
        texts = [f"v{code}" for code in range(size)]
        columns[f"a{i}"] = (np.where(codes < 0, -1, size - 1 - codes), texts[::-1]) if backwards else (codes, texts)
    if backwards:
        columns = dict(reversed(columns.items()))
    during, bad, weights = ([entry[i] for entry in entries] for i in (3, 4, 5))
    return from_rows(columns, during, bad, weights)
