"""A storm of one rule: the first at once, the rest together, rarer and rarer; each is told of once."""

import random

import pytest

from alerts.notify.stages.group import Candidate, Group, GroupingPolicy, Plan, Telling, others, pause_of, plan

KEY = ("A4", "alert", "critical")
TERMS = GroupingPolicy(wait=10, interval=60, lasting=600)


def found(number: int, at: float, key: tuple[str, str, str] = KEY) -> Candidate:
    return Candidate(f"{key[0]}-{number:05}", key, at, f"account-{number}")


def test_the_first_tells_at_once_of_all_that_began_with_it() -> None:
    made = plan([found(number, 100.0) for number in range(150)], [], {"A4": TERMS}, 100.0)
    assert [(one.lead, one.more, len(one.fresh)) for one in made.tellings] == [("A4-00000", 149, 150)]
    assert set(made.joined.values()) == {"A4-00000"}
    assert len(made.joined) == 150


def test_what_comes_after_waits_for_the_pause() -> None:
    group = Group("A4-00000", KEY, 1, 1, 100.0, 100.0, True)
    late = [found(number, 105.0) for number in range(1, 150)]
    made = plan(late, [group], {"A4": TERMS}, 105.0)
    assert made.tellings == []
    assert len(made.joined) == 149
    waiting = [one._replace(group="A4-00000") for one in late]
    made = plan(waiting, [group], {"A4": TERMS}, 110.0)
    assert made.joined == {}
    assert [(one.lead, one.more, len(one.fresh)) for one in made.tellings] == [("A4-00000", 149, 149)]


def test_a_group_that_all_have_in_hand_or_that_is_old_takes_nothing_more() -> None:
    new = found(7, 200.0)
    for group in (
        Group("A4-00000", KEY, 1, 1, 100.0, 190.0, False),
        Group("A4-00000", KEY, 1, 1, 100.0, 200.0 - TERMS.lasting, True),
        Group("A4-00000", ("A4", "no_data", "medium"), 1, 1, 100.0, 190.0, True),
        Group("K1-00000", ("K1", "alert", "critical"), 1, 1, 100.0, 190.0, True),
    ):
        assert plan([new], [group], {"A4": TERMS}, 200.0).tellings == [Telling(new.id, (new.id,), 0)]


def test_a_rule_may_opt_out_and_other_rules_are_told_apart() -> None:
    many = [found(number, 100.0) for number in range(3)] + [found(9, 100.0, ("K1", "alert", "high"))]
    made = plan(many, [], {"A4": None, "K1": TERMS}, 100.0)
    assert [one for one in made.tellings if not one.group] == [
        Telling(f"A4-0000{n}", (f"A4-0000{n}",), 0, False) for n in range(3)
    ]
    assert [one.lead for one in made.tellings if one.group] == ["K1-00009"]
    assert made.joined == {"K1-00009": "K1-00009"}


def test_an_incident_whose_group_is_over_begins_a_new_one() -> None:
    orphan = found(3, 100.0)._replace(group="A4-00000")
    assert plan([orphan], [], {"A4": TERMS}, 130.0) == Plan(
        [Telling(orphan.id, (orphan.id,), 0)], {orphan.id: orphan.id}
    )


def test_a_clock_that_was_set_back_holds_nobody_up() -> None:
    group = Group("A4-00000", KEY, 1, 1, 5000.0, 5000.0, True)
    assert len(plan([found(1, 100.0)], [group], {"A4": TERMS}, 100.0).tellings) == 1


def test_pauses_double_up_to_the_interval() -> None:
    group = Group("x", KEY, 1, 1, 0.0, 0.0, True)
    assert [pause_of(group._replace(messages=n), TERMS) for n in (1, 2, 3, 4, 5, 500)] == [10, 20, 40, 60, 60, 60]


@pytest.mark.parametrize("seed", range(20))
def test_in_a_random_storm_everybody_is_told_of_once_in_few_messages(seed: int) -> None:
    """The plan is applied as the evaluator does, for ten minutes after the last incident."""
    rng = random.Random(seed)
    opening = {number: rng.uniform(0, 600) for number in range(rng.randint(1, 400))}
    members: dict[str, dict[str, float | None]] = {}  # of each group: when each was told
    home: dict[str, str] = {}
    told: list[str] = []
    count = 0
    for tick in range(240):
        now = tick * 5.0
        open_ones = [
            found(n, at)._replace(group=home.get(found(n, at).id, "")) for n, at in opening.items() if at <= now
        ]
        live = [
            Group(
                name,
                KEY,
                sum(at is not None for at in those.values()),
                len({at for at in those.values() if at is not None}),
                max(at for at in those.values() if at is not None),
                max(opening[int(one.partition("-")[2])] for one in those),
                True,
            )
            for name, those in members.items()
        ]
        made = plan([one for one in open_ones if one.id not in told], live, {"A4": TERMS}, now)
        for one, name in made.joined.items():
            home[one] = name
            members.setdefault(name, {})[one] = None
        for telling in made.tellings:
            count += 1
            told += telling.fresh
            members[telling.lead] |= dict.fromkeys(telling.fresh, now)
            assert telling.more == sum(at is not None for at in members[telling.lead].values()) - 1
    assert sorted(told) == sorted(found(n, 0).id for n in opening)
    assert count <= 4 + 600 / TERMS.interval + 2


def test_the_sentence_about_the_others() -> None:
    assert others(["bob", "eve"], 149) == "And 149 more: bob, eve and 147 others; the incident page lists them."
    assert others(["bob"], 1) == "And 1 more: bob; the incident page lists them."
    assert others(["bob"], 2) == "And 2 more: bob and 1 other; the incident page lists them."
    assert others([""], 2) == "And 2 more; the incident page lists them."
    assert others([], 0) == ""
