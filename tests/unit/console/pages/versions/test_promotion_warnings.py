"""What an operator is told before a model becomes the champion that should perhaps not."""

from console.pages.versions.promotion_warnings import cautions

KNOWN = ("amount", "wallet_age")
LOST = {"verdict": "worse", "champion_version": 1, "challenger": 0.8213, "champion": 0.8504}


def test_features_that_the_champion_does_not_know_are_named_and_counted() -> None:
    (said,) = cautions(["ip", "mail", "agent", "zip", "amount"], 1, KNOWN, None)
    assert "4 of its 5 features" in said
    assert "ip, mail, agent and 1 more" in said


def test_a_lost_comparison_is_said_of_the_present_champion_only() -> None:
    assert cautions(KNOWN, 1, KNOWN, LOST) == [
        "On the same rows it was worse than the champion: average precision 0.821 against 0.850."
    ]
    assert cautions(KNOWN, 2, KNOWN, LOST) == []
    assert cautions(KNOWN, 1, KNOWN, {"verdict": "not compared", "reason": "too few"}) == []


def test_nothing_speaks_against_the_first_champion() -> None:
    assert cautions(["ip"], None, (), LOST) == []
