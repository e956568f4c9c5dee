"""What goes over the wire is what it was before the contract was made of types: bodies of a seeded world, kept beside.

`wire/*.json` were answered by the dictionaries of before. GATEHOUSE_WRITE_WIRE=1 writes them anew: only for a change
of the contract that is meant.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import codec
from core.db.engine import Database
from core.db.redis_client import Live
from core.settings import Settings
from core.web.app import App
from tests.integration.api import seeded

KEPT = Path(__file__).with_name("wire")
RANGES = {
    "hour": "range=1h",
    "day": "range=24h",
    "absolute": "from=2026-11-04T06:00:00Z&to=2026-11-04T12:00:00Z",
}


def snapshots(app: App) -> dict[str, bytes]:
    """The whole snapshot of each range."""
    client = app.test_client()
    return {name: client.get(f"/api/monitoring/snapshot?{span}").data for name, span in RANGES.items()}


def same(one: Any, other: Any, at: str = "") -> None:
    """Equal in names and kind, numbers up to the last digits: another machine's arithmetic rounds them otherwise."""
    assert type(one) is type(other), at
    if isinstance(one, dict):
        assert set(one) == set(other), at
        for name in one:
            same(one[name], other[name], f"{at}.{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), at
        for place, (first, second) in enumerate(zip(one, other, strict=True)):
            same(first, second, f"{at}[{place}]")
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-9), at
    else:
        assert one == other, at


def unversioned(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot with zeros as versions: while the clock stands, each is one more than the one before it."""
    versions = [snapshot["version"], *(part["version"] for part in snapshot["parts"].values())]
    assert all(isinstance(version, int) and version > 0 for version in versions)
    parts = {name: {**part, "version": 0} for name, part in snapshot["parts"].items()}
    return {**snapshot, "version": 0, "parts": parts}


@pytest.mark.parametrize("world", ["empty", "seeded"])
def test_bodies_are_what_they_were(
    world: str,
    known: Settings,
    make_app: Callable[[Settings], App],
    db: Database,
    live: Live,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seeded.stop_the_clock(monkeypatch)
    if world == "seeded":
        seeded.fill(db, live, known)
    app = make_app(known)
    found = snapshots(app)
    folder = KEPT / world
    if os.environ.get("GATEHOUSE_WRITE_WIRE"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in found.items():
            (folder / f"{name}.json").write_bytes(body)
    assert set(found) == {path.stem for path in folder.iterdir()}
    for name, body in found.items():
        now, before = codec.decode(body), codec.decode((folder / f"{name}.json").read_bytes())
        assert set(before["parts"]) <= set(now["parts"])
        now["parts"] = {part: now["parts"][part] for part in before["parts"]}  # a resource that came since is no change
        same(unversioned(now), unversioned(before), name)
    for name, result in codec.decode(found["hour"])["parts"].items():
        same(app.test_client().get(f"/api/monitoring/{name}?range=1h").json, result["data"], f"{name} by itself")
