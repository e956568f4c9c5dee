"""The label_delay part: counted from stored predictions and labels, and honest about what it cannot know."""

import time

import pytest
from flask.testing import FlaskClient

from api.config import LabelsConfig
from api.resources.label_delay import STEP, judged
from core.events.types import Label
from tests.integration.api.making import Store, get, prediction

DAY = 86400
CONFIG = LabelsConfig(history_days=10, known=0.9, least_frauds=5)


def test_it_counts_when_labels_came(client: FlaskClient, store: Store) -> None:
    now = time.time()
    made = [now - DAY * (2 + n % 8) for n in range(80)]
    store([prediction(n, at, 0.8 if n < 40 else 0.1, "REVIEW") for n, at in enumerate(made)], now)
    said = [
        Label(id=f"l{n}", timestamp=made[n] + wait, transaction_id=f"t{n}", label=kind, source=source)
        for n, wait, kind, source in [
            *((n, 0.5 * DAY, "fraud", "analyst") for n in range(40)),
            *((n, 1.5 * DAY, "fraud", "chargeback") for n in range(10)),  # outranks, and says the same later
            *((n, 0.1 * DAY, "legit", "analyst") for n in range(40, 60)),
        ]
    ]
    store(said, now)
    data = get(client, "/api/monitoring/label_delay?range=24h")
    frauds = dict(zip(data["frauds"]["ages"], data["frauds"]["share"], strict=True))
    assert data["frauds"]["cases"] == 40
    assert (frauds[0.5], frauds[0.75]) == (0.0, 1.0)  # the first who said so counts, half a day after
    every = dict(zip(data["predictions"]["ages"], data["predictions"]["share"], strict=True))
    assert (every[0.25], every[0.75]) == (pytest.approx(0.25), pytest.approx(0.75))
    assert data["enough"] is True
    assert data["mature_after"] == 0.75
    assert data["sampled"] == 100.0
    assert data["windows"]["30d"] == pytest.approx(1.0)
    assert len(data["days"]) == 14


def test_young_windows_know_less_of_their_frauds() -> None:
    now = 100 * DAY
    cohorts = int(CONFIG.history_days * DAY / STEP)
    start = now - cohorts * STEP
    cells = [(cohort, None, None, 90) for cohort in range(cohorts)]
    cells += [(cohort, age, True, 1) for cohort in range(cohorts) for age in range(0, 12) if cohort + age + 1 < cohorts]
    data = judged(cells, cohorts, start, now, now, CONFIG)
    shares = [data.windows[name] or 0.0 for name in ("24h", "7d", "14d")]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.35
    assert data.mature_after == pytest.approx(2.75, abs=0.3)
    assert data.horizon_days == pytest.approx(9.75)
    known = [day.frauds_known or 0.0 for day in data.days]
    assert known[-1] < known[-3] <= 1.0


def test_too_few_frauds_say_nothing_of_maturity() -> None:
    now = 100 * DAY
    cohorts = int(CONFIG.history_days * DAY / STEP)
    data = judged([(0, 1, True, 4), (0, None, None, 50)], cohorts, now - cohorts * STEP, now, now, CONFIG)
    assert data.enough is False
    assert data.mature_after is None
    assert set(data.windows.values()) == {None}
    assert data.predictions.share[-1] == pytest.approx(4 / 54, abs=1e-4)
