"""Faults come from a seed: the same run again, another run otherwise, about the share that was asked for."""

from simulator.receiving.plan import FAULTS, Plan, Script


def test_a_seed_is_a_run():
    def drawn(seed):
        plan = Plan(seed, 0.5)
        return [plan.draw("slack") for _ in range(200)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert set(drawn(1)) == {"", *FAULTS}
    assert 60 < sum(fault != "" for fault in drawn(1)) < 140


def test_receivers_do_not_share_their_sequence():
    one, two = Plan(1, 0.5), Plan(1, 0.5)
    two.draw("slack")
    assert [one.draw("smtp") for _ in range(50)] == [two.draw("smtp") for _ in range(50)]


def test_no_share_means_no_fault():
    plan = Plan(1)
    assert {plan.draw("x") for _ in range(100)} == {""}


def test_a_script_ends():
    script = Script("429", "cut")
    assert [script.draw("x") for _ in range(3)] == ["429", "cut", ""]
