"""The read of a source: counts in bins, what was expected, evidence that rises, power and profile once computed."""

import time

import pytest
from flask.testing import FlaskClient
from msgspec import convert

from api.status_track import Track
from api.status_tracks import Background, Tracks
from core.db.engine import Database
from core.statuses import store
from core.statuses.detector.line import shared
from core.statuses.detector.params import Params
from core.statuses.overview import Overview
from tests.integration.api.making import get
from tests.integration.statuses import story

NOW = time.time()


@pytest.fixture
def judged(db: Database) -> float:
    """A source with an incident that goes on."""
    now = time.time()
    story.put(db, story.rows(now), now)
    story.judge(db, now)
    return now


def read(client: FlaskClient, query: str = "") -> Overview:
    return convert(get(client, f"/api/v1/statuses{query}"), Overview)


def test_without_a_source_it_is_empty(client: FlaskClient) -> None:
    found = read(client)
    assert found.sources == []
    assert found.source == ""


def test_counts_evidence_and_what_is_expected(client: FlaskClient, judged: float) -> None:
    found = read(client, "?range=1h")
    assert found.source == "shop"
    assert [stack.name for stack in found.statuses] == ["approved", "denied", "failed"]
    assert [stack.name for stack in found.codes] == ["00", "51", "05", "96"]
    assert len(found.statuses[0].counts) == 60
    assert found.statuses[0].counts[-1] is None, "the minute that runs had no row"
    firing = {(one.kind, one.name) for one in found.series if one.firing}
    assert {("status", "denied"), ("code", "51")} <= firing
    first = found.series[0]
    assert first.evidence >= found.line
    assert first.came is not None
    assert first.came > first.expected > first.usual
    assert found.total is not None
    assert found.total.at_least
    assert found.traced is not None
    assert (found.traced.kind, found.traced.name) == (first.kind, first.name)
    assert [row.minute for row in found.rows] == sorted((row.minute for row in found.rows), reverse=True)


def test_power_and_profile_come_when_they_are_computed(client: FlaskClient, judged: float) -> None:
    limit = time.monotonic() + 30
    while not ((found := read(client, "?range=15m&series=status:denied")).profile and found.series[0].power):
        assert time.monotonic() < limit
        time.sleep(2.1)
    assert len(found.profile) == 7
    power = {one.name: one.power for one in found.series if one.kind == "status"}["denied"]
    assert power is not None
    assert (power["x 5"] or 61) <= 5


def test_a_track_that_is_continued_is_what_is_played_at_once(db: Database) -> None:
    given = story.rows(NOW)
    newest = max(row[0] for row in given)
    tracks = Tracks(db, Params(), Background())
    for until in (newest - 20, newest - 3, newest):
        story.put(db, [row for row in given if row[0] <= until and row[0] > until - 300], (until + 1) * 60.0)
        story.judge(db, (until + 1) * 60.0)
        continued = values(db, tracks)
    assert continued == values(db, Tracks(db, Params(), Background()))
    assert max(one for one in continued[2] if one is not None) > 10, "evidence rose"


def values(db: Database, tracks: Tracks) -> tuple[list[float | None], ...]:
    """Counts, expected and evidence of the denied in the last hour."""
    with db.transaction() as connection:
        known = store.sources(connection)["shop"]
        assert known.judged is not None
        first, after = known.judged - 59, known.judged + 1
        with tracks.of(connection, known, first, after, shared(known.tests)) as track:
            assert isinstance(track, Track)
            found = track.values("status", "denied", first, after)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "query", ["?source=nobody", "?range=2h", "?from=2030-01-01T00:00Z", "?series=denied", "?more=1",
              "?from=2030-01-02T00:00Z&to=2030-01-01T00:00Z"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(client: FlaskClient, judged: float, query: str) -> None:
    assert client.get(f"/api/v1/statuses{query}").status_code == 400


def test_a_long_range_is_played_in_the_background(db: Database, judged: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.status_tracks.BRIEF", 40)
    facts = Background()
    tracks = Tracks(db, Params(), facts)
    known = values(db, tracks)[0]
    assert len(known) < 60
    facts.wait(60)
    assert len(values(db, tracks)[0]) == 60
