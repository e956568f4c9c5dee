"""A version that is first seen is a deploy, and each deploy is compared with what went before, look by look."""

import time
from typing import Any

import pytest

from collector.deploys import DeployWatch
from core.db.engine import Database
from core.endpoints.deploys import Announced, announce
from core.performance_config import DeploysConfig
from tests import deploy_world as world
from tests.endpoint_world import asked

CONFIG = DeploysConfig()
MOST = CONFIG.most_a_day


@pytest.fixture
def at() -> float:
    """When the deploy is: a minute's begin, some time ago."""
    return (time.time() - 7200) // 60 * 60


def deploys(db: Database) -> list[Any]:
    return asked(
        db, "SELECT version, before, source, looks, extract(epoch FROM at)::float8 FROM deploys ORDER BY at, id"
    )


def results(db: Database, version: str = "v2") -> dict[str, tuple[str, str]]:
    rows = asked(
        db,
        "SELECT route, durations, errors FROM deploy_endpoints e JOIN deploys d ON d.id = e.deploy_id"
        f" WHERE d.version = '{version}'",
    )
    return {route: (durations, errors) for route, durations, errors in rows}


def test_a_slower_endpoint_and_a_failing_one_are_named_within_ten_minutes(db: Database, at: float) -> None:
    world.store(db, at, before=60, after=9, errors=10)
    watch = DeployWatch(db, CONFIG)
    watch.step(at + 9 * 60 + 30)
    assert [row[:4] for row in deploys(db)] == [("v1", "", "seen", 4), ("v2", "v1", "seen", 2)]
    assert deploys(db)[1][4] == at
    assert results(db) == {
        "/cart": ("slower", "no change"),
        "/pay": ("no change", "more errors"),
        "/help": ("no change", "no change"),
    }
    (row,) = asked(
        db,
        "SELECT hits_before, hits_after, ratio, ratio_low, ratio_high, p50_before, p50_after,"
        " extract(epoch FROM named_at) FROM deploy_endpoints WHERE route = '/cart' AND durations = 'slower'",
    )
    assert row[:2] == (60 * 200, 9 * 200)
    assert row[2] == pytest.approx(1.2, rel=0.06)
    assert row[3] < 1.2 < row[4]
    assert row[5:7] == (pytest.approx(0.1, rel=0.05), pytest.approx(0.12, rel=0.07))
    assert float(row[7]) == pytest.approx(at + 9 * 60 + 30, abs=1)
    assert watch.step(at + 9 * 60 + 40) == 0, "a look is made once"


def test_a_deploy_that_changes_nothing_has_no_endpoint_named(db: Database, at: float) -> None:
    world.store(db, at, before=60, after=60, slowed=1.0)
    for minutes in (4, 10, 31, 61):
        DeployWatch(db, CONFIG).step(at + minutes * 60)
    assert results(db) == dict.fromkeys(("/cart", "/pay", "/help"), ("no change", "no change"))
    assert deploys(db)[1][3] == 4


def test_with_few_requests_nothing_is_said(db: Database, at: float) -> None:
    events = [
        event
        for number in range(-60, 9)
        for event in world.minute(at + 60 * number, "v1" if number < 0 else "v2", hits=3)
    ]
    world.put(db, events, at + 600)
    DeployWatch(db, CONFIG).step(at + 600)
    assert results(db) == {"/cart": ("not enough requests", "not enough requests")}


def test_an_announced_deploy_is_the_one_that_is_seen(db: Database, at: float) -> None:
    world.store(db, at, before=20, after=5)
    told = Announced("shop", "v2", at - 30, True, "4f1c", "https://ci.example/7", "token:a")
    first = announce(db, told, at, MOST)
    assert first.is_new
    DeployWatch(db, CONFIG).step(at + 300)
    again = announce(db, told, at + 400, MOST)
    assert again == (first.id, False)
    assert [row[:3] for row in deploys(db)] == [("v1", "", "seen"), ("v2", "", "reported")]


def test_what_is_seen_first_is_completed_by_its_announcement(db: Database, at: float) -> None:
    world.store(db, at, before=20, after=5)
    DeployWatch(db, CONFIG).step(at + 90)
    found = announce(db, Announced("shop", "v2", at - 60, True, revision="4f1c"), at + 100, MOST)
    assert not found.is_new
    assert asked(db, "SELECT version, before, source, revision FROM deploys ORDER BY at") == [
        ("v1", "", "seen", ""), ("v2", "v1", "reported", "4f1c"),
    ]  # fmt: skip


def test_a_roll_back_is_a_deploy_of_its_own(db: Database, at: float) -> None:
    for number, version in enumerate(("v1", "v2", "v1", "v1")):
        announce(db, Announced("shop", version, at + 60 * number), at + 60 * number, MOST)
    assert [row[:2] for row in deploys(db)] == [("v1", ""), ("v2", "v1"), ("v1", "v2")]


def test_a_service_without_versions_is_compared_by_time(db: Database, at: float) -> None:
    events = [
        event
        for number in range(-60, 30)
        for event in world.minute(at + 60 * number, "", middle=0.1 if number < 0 else 0.13)
    ]
    world.put(db, events, at + 1800)
    announce(db, Announced("shop", "2026-11", at + 20, True), at + 30, MOST)
    DeployWatch(db, CONFIG).step(at + 10 * 60)
    assert results(db, "2026-11") == {"/cart": ("slower", "no change")}


def test_a_service_has_so_many_deploys_a_day(db: Database, at: float) -> None:
    events = [event for number in range(8) for event in world.minute(at, f"v{number}", hits=1)]
    world.put(db, events, at + 60)
    watch = DeployWatch(db, DeploysConfig(most_a_day=5))
    watch.step(at + 60)
    assert (len(deploys(db)), watch.beyond) == (5, 3)
    assert announce(db, Announced("shop", "another", at), at + 60, 5).id is None
