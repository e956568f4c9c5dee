"""The sentence about an approval rate says what moved it, and names the segment that moved against it."""

from console.analytics.approval import Approval
from console.analytics.mix import Cell, compare
from console.approval_mix import EMPTY, panels, sentence
from console.as_html import as_html


def test_a_reversal_is_told_with_the_segment_that_weighs_most() -> None:
    before = {"under $10": Cell(1000, 960), "$10 to $50": Cell(1000, 900), "$50 and more": Cell(8000, 5600)}
    now = {"under $10": Cell(8000, 7360), "$10 to $50": Cell(1000, 850), "$50 and more": Cell(1000, 600)}
    assert sentence(compare(now, before)) == (
        "The approval rate rose by 13.5 points, but at the same mix it fell by 6.8 points: the mix of transactions "
        "changed, and hides it. It fell for $50 and more (70.0 % to 60.0 %), for under $10 and for $10 to $50."
    )


def test_a_segment_against_the_rest_is_named() -> None:
    before = {"a": Cell(9000, 8000), "b": Cell(1000, 900)}
    now = {"a": Cell(9000, 8500), "b": Cell(1000, 700)}
    assert sentence(compare(now, before)) == (
        "The approval rate rose by 3.0 points; at the same mix it rose by 3.0 points, so the mix explains 0.0 points. "
        "Against that, it fell for b (90.0 % to 70.0 %)."
    )


def test_what_the_mix_did() -> None:
    before = {"a": Cell(5000, 4500), "b": Cell(5000, 2500)}
    now = {"a": Cell(9000, 8100), "b": Cell(1000, 500)}
    assert sentence(compare(now, before)) == (
        "The approval rate rose by 16.0 points; at the same mix it did not change, so the mix explains 16.0 points."
    )


def test_nothing_to_compare_and_nothing_to_adjust() -> None:
    assert sentence(compare({}, {})) == EMPTY
    found = compare({"new": Cell(900, 800), "a": Cell(100, 90)}, {"a": Cell(100, 90)})
    assert "Only 10.0 % of the decisions" in sentence(found)


def test_no_change_at_all() -> None:
    same = {"a": Cell(500, 400)}
    assert sentence(compare(same, same)) == "The approval rate did not change."


def test_the_normal_profile_has_rows_of_its_own_while_another_is_in_force() -> None:
    strict, normal = (
        compare({"a": Cell(500, 400)}, {"a": Cell(500, 450)}),
        compare({"a": Cell(500, 445)}, {"a": Cell(500, 450)}),
    )
    shown = as_html(panels(Approval(plain=strict, as_normal=normal, profiles=["normal", "strict"]), "the week before"))
    assert "As the normal profile would have decided, at the same mix" in shown
    assert "Profiles in force: normal, strict." in shown
    alone = as_html(panels(Approval(plain=normal, as_normal=None, profiles=["normal"]), "the week before"))
    assert "As the normal profile" not in alone
