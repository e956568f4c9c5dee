"""The scatter part counts every prediction, late ones too."""

import time

import numpy as np
from flask.testing import FlaskClient

from api.resources import fraud_scatter
from core.config import PolicyConfig
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import time_buckets
from core.settings import Settings
from core.transactions import policies
from core.web.app import App
from tests.integration.api.making import Store, get, prediction


def test_the_scatter_counts_everything(
    client: FlaskClient, store: Store, db: Database, live: Live, known: Settings
) -> None:
    config: PolicyConfig = known.config.policy
    policies.ensure(live, db, config)
    now = time.time()
    scores = np.random.default_rng(3).beta(1, 6, 3000)
    decisions = ["BLOCKED" if s >= 0.7 else "REVIEW" if s >= 0.4 else "APPROVED" for s in scores]
    scored = enumerate(zip(scores.tolist(), decisions, strict=True))
    store([prediction(n, now - n * 1.1, score, decision) for n, (score, decision) in scored], now)
    data = get(client, "/api/monitoring/fraud_scatter")
    assert data["policy"]["block_from"] == 0.7
    assert data["counts"] == {name: decisions.count(name) for name in ("APPROVED", "REVIEW", "BLOCKED")}
    assert np.sum(data["density"]["z"]) == decisions.count("APPROVED")
    assert len(data["points"]["REVIEW"]["id"]) == decisions.count("REVIEW")
    assert not data["truncated"]
    step = data["density"]["dt"]
    first = min(now - n * 1.1 for n, d in enumerate(decisions) if d == "APPROVED") * 1000
    filled = [x for x in range(120) if any(row[x] for row in data["density"]["z"])]
    assert filled[0] == int((first - data["density"]["t0"]) // step)


def test_a_past_column_follows_late_events_and_the_newest_follow_at_once(app: App, store: Store) -> None:
    reads = app.extensions["reads"]
    now = time.time()
    store([prediction(1, now - 5, 0.1, "APPROVED")], now)
    window = fraud_scatter.Window("1h", *time_buckets.window(now, 3600), live=True)
    assert np.sum(fraud_scatter.read(reads.context(), window).density.z) == 1
    store([prediction(2, now - 4, 0.1, "APPROVED")], now)
    assert np.sum(fraud_scatter.read(reads.context(), window).density.z) == 2


def test_an_absolute_window_counts_what_it_shows_whatever_its_ends(client: FlaskClient, store: Store) -> None:
    """Three days ago only minutes are kept, and this window lies within one."""
    now = time.time()
    start = time_buckets.floor(now, 60) - 3 * 86400 + 15
    store([prediction(n, start + n, 0.1 + n / 20, "APPROVED" if n < 6 else "REVIEW") for n in range(10)], now)
    data = get(client, f"/api/monitoring/fraud_scatter?from={start}&to={start + 30}")
    assert data["counts"] == {"APPROVED": 6, "REVIEW": 4, "BLOCKED": 0}
