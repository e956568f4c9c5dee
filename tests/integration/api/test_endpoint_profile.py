"""The read of profiles: every sample is in the tree, filters and comparisons name what they should."""

import random
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import profile_samples
from api.endpoint_profile import BARS, ProfileQuery, answer
from collector import profile_rollup
from core import codec
from core.db.engine import Database
from core.endpoints.profiles import Profile
from core.pipeline.writer import Writer
from tests.integration.api.making import get
from tests.profile_world import event

NOW = 1_790_000_040.0
SPAN = (int(NOW // 60) - 59, int(NOW // 60) + 1)
USUAL = ["view;load;Db.run 40", "view;price;Money.round 30", "view;draw 20", "view;draw;draw 10"]
SLOWER = ["view;load;Db.run 45", "view;price;Money.round 28", "view;price 90", "view;draw 21", "view;draw;draw 9"]


@pytest.fixture
def world(db: Database) -> Database:
    writer = Writer(db, normal_block_from=0.7)
    writer.store(
        [
            *(event(f"v1-{n}", NOW - 60 * n, USUAL) for n in range(20, 40)),
            *(event(f"v2-{n}", NOW - 60 * n, SLOWER, version="v2") for n in range(20)),
            event("pay", NOW, ["pay;charge 7", "pay;Db.run 3"], route="/pay", method="POST"),
            event("till", NOW, ["pay;charge 50"], service="till", route="/", version="v9"),
            event("run", NOW, ["view;load;Db.run 99"], run="r1"),
        ],
        NOW,
    )
    return db


def read(db: Database, span: tuple[int, int] = SPAN, **asked: Any) -> Profile:
    found = answer(db, ProfileQuery(**asked), span, NOW)
    check(found)
    return found


def check(found: Profile) -> None:
    """A tree: what a frame has is what its children have and what is its own, unless something is left out."""
    for place, bar in enumerate(found.bars):
        children = []
        for other in found.bars[place + 1 :]:
            if other.depth <= bar.depth:
                break
            if other.depth == bar.depth + 1:
                children.append(other)
        assert bar.total >= bar.self + sum(one.total for one in children)
        assert bar.base_total >= bar.base_self + sum(one.base_total for one in children)
        assert sum(one.width for one in children) <= bar.width + 1e-3
    if found.bars:
        assert (found.bars[0].total, found.bars[0].base_total) == (found.samples, found.base_samples)
    if not found.more:
        assert sum(one.self for one in found.functions) == found.samples


def named(found: Profile) -> dict[str, tuple[int, int]]:
    return {found.frames[one.frame][0]: (one.total, one.self) for one in found.functions}


def paths(found: Profile) -> list[str]:
    way: list[str] = []
    listed = []
    for bar in found.bars:
        del way[bar.depth :]
        way.append("all" if bar.frame < 0 else found.frames[bar.frame][0])
        listed.append(";".join(way[1:]))
    return listed


def test_all_samples_of_a_range_are_in_it_by_service_and_endpoint(world: Database) -> None:
    found = read(world)
    assert found.samples == found.all_samples == 20 * 100 + 20 * 193 + 10 + 50
    assert "shop;GET /cart;view;load;Db.run" in paths(found)
    assert "till;GET /" in paths(found)
    assert (found.services, set(found.versions)) == (["shop", "till"], {"v1", "v2", "v9"})
    assert found.endpoints == [("/", "GET"), ("/cart", "GET"), ("/pay", "POST")]
    of_one = read(world, service="shop", route="/cart", method="GET", version="v1")
    assert of_one.samples == 2000
    assert named(of_one)["draw"] == (600, 600), "a stack counts once, however often a function is in it"
    assert named(of_one)["view"] == (2000, 0)
    assert paths(of_one)[1] == "view"
    half = read(world, (SPAN[1] - 10, SPAN[1]), service="shop", route="/cart", method="GET")
    assert half.samples == 10 * 193
    assert read(world, service="nobody").bars == []


def test_hours_and_minutes_are_one_answer(world: Database) -> None:
    before = read(world)
    assert profile_rollup.run(world, 2, NOW + 4 * 3600) > 0
    whole = (SPAN[0] // 60 * 60, SPAN[1])
    assert read(world, whole).samples == before.samples


def test_the_version_in_which_a_function_got_slower_names_it_first(world: Database) -> None:
    found = read(world, service="shop", route="/cart", method="GET", version="v2", base_version="v1")
    assert (found.is_compared, found.samples, found.base_samples) == (True, 20 * 193, 2000)
    first = found.functions[0]
    assert found.frames[first.frame] == ("price", True)
    assert (first.self, first.base_self, first.is_sure) == (20 * 90, 0, True)
    same = read(world, service="shop", route="/cart", method="GET", version="v1", base_version="v1")
    assert not any(one.is_sure for one in same.functions)


def test_two_ranges_are_compared(world: Database) -> None:
    span = (SPAN[1] - 20, SPAN[1])
    found = read(world, span, service="shop", route="/cart", method="GET", base="previous")
    assert (found.samples, found.base_samples) == (20 * 193, 2000)
    assert (found.base_first, found.base_after) == (span[0] - 20, span[1] - 20)
    assert found.frames[found.functions[0].frame][0] == "price"


def test_a_function_is_shown_with_what_it_calls_wherever_it_is_called_from(world: Database) -> None:
    found = read(world, service="shop", frame="price")
    assert found.samples == 20 * 30 + 20 * 118
    assert found.all_samples == 20 * 100 + 20 * 193 + 10
    assert paths(found)[1:] == ["price", "price;Money.round"]
    assert read(world, service="shop", frame="nobody").samples == 0


def test_libraries_are_folded_to_what_is_called_of_them(db: Database) -> None:
    lines = ["Flask.call;Flask.view;view;Db.run;Db.send;Socket.send 5", "Flask.call;Flask.view;view;Db.run 2"]
    Writer(db, 0.7).store([event("a", NOW, lines)], NOW)
    found = read(db, service="shop", route="/cart", method="GET", libraries="fold")
    assert paths(found)[1:] == ["Flask.call", "Flask.call;view", "Flask.call;view;Db.run"]
    assert (found.samples, named(found)["Db.run"]) == (7, (7, 7))


def test_a_profile_on_demand_is_apart(world: Database) -> None:
    found = read(world, run="r1")
    assert (found.samples, paths(found)[-1]) == (99, "shop;GET /cart;view;load;Db.run")


def test_what_is_too_much_to_draw_is_bounded_and_no_sample_is_lost(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(1)
    lines = [
        ";".join(f"f{dice.randrange(60)}" for _ in range(dice.randrange(1, 120))) + f" {dice.randrange(1, 50)}"
        for _ in range(400)
    ]
    Writer(db, 0.7).store([event("a", NOW, lines)], NOW)
    samples = sum(int(line.rpartition(" ")[2]) for line in lines)
    found = read(db)
    assert (found.samples, len(found.bars) <= BARS) == (samples, True)
    assert len(codec.encode(found)) < 300_000
    monkeypatch.setattr(profile_samples, "MOST_STACKS", 50)
    few = read(db)
    assert few.samples == samples
    assert "(other)" in named(few)


HOSTILE = [
    "range=1y", "from=now", "from=5&to=4", "to=9", "service=%00", "run=%00", "frame=%00", "frame=" + "x" * 999,
    "base=never", "libraries=no", "wat=1", "route=%ff", "service=%E2%80%AE", "frame=%27%3B--", "base_version=%00",
    "base_run=%00", "run=" + "r" * 40, "from=0&to=9e9", "from=1e300&to=1e301",
]  # fmt: skip


def test_no_question_is_answered_with_a_5xx(client: FlaskClient) -> None:
    answers = {query: client.get(f"/api/v1/profile?{query}").status_code for query in HOSTILE}
    assert {query: status for query, status in answers.items() if status not in (200, 400)} == {}


def test_it_is_read_over_http(client: FlaskClient, world: Database) -> None:
    found = get(client, "/api/v1/profile?service=shop&from=1789990000&to=1790003600&base=day&libraries=fold")
    assert found["samples"] == 20 * 100 + 20 * 193 + 10
    assert found["is_compared"]
