"""Every figure of the pages of Analytics equals its reference query over raw rows (C4), whatever came late.

To add figures, add a module to `figures/` with `FIGURES`.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Literal

import pytest

from core.analytics.periods import Span
from core.db.engine import Database
from core.events.types import Event, Label, Prediction, Transaction
from stack.postgres import DATABASE, Postgres
from tests import analytics_world as world
from tests import quality_world
from tests.analytics_figure import Figure
from tests.analytics_world import DAY, HOUR, MIDNIGHT, NOW
from tests.databases import copied
from tests.integration.console.analytics import figures

pytestmark = pytest.mark.timeout(600)  # every hour of every topic is summed up twice before the first figure
FOUND = [
    one
    for info in pkgutil.iter_modules(figures.__path__)
    for one in importlib.import_module(f"{figures.__name__}.{info.name}").FIGURES
]
SPANS = {
    "an hour": Span(MIDNIGHT - 5 * HOUR, MIDNIGHT - 4 * HOUR),
    "a day with the hour under way": Span(MIDNIGHT - 14 * HOUR, MIDNIGHT + 10 * HOUR),
    "all": Span(MIDNIGHT - 8 * DAY, MIDNIGHT + 10 * HOUR),
    "nothing": Span(MIDNIGHT - 30 * DAY, MIDNIGHT - 29 * DAY),
}


@pytest.fixture(scope="module")
def summed(postgres_server: Postgres) -> Iterator[Database]:
    """Days of predictions; late rows, labels and changed labels came after they were summed up."""
    with copied(postgres_server, "analytics_figures", DATABASE) as url:
        db = Database(url)
        fill(db)
        yield db
        db.close()


def fill(db: Database) -> None:
    version = quality_world.model(db)
    first = world.events(3000, NOW - 3 * DAY, NOW)
    with_features = quality_world.predictions(version, 2000, NOW - 3 * DAY, NOW)
    world.store(db, first + world.labels(first, 0.5, NOW) + with_features)
    world.settle(db)
    late = world.events(300, NOW - 2.5 * DAY, NOW - DAY, seed=2)
    late += quality_world.predictions(version, 200, NOW - 2 * DAY, NOW - DAY, seed=4) + with_features[:100]
    world.store(db, late + world.labels(first, 0.3, NOW + 1, seed=3) + first[:200], NOW + 2)
    world.store(db, special(first), NOW + 3)
    world.settle(db, NOW + 120)


def special(first: list[Event]) -> list[Event]:
    """What is rare: replayed predictions with their sales, named events and transfers, labels against an analyst's."""
    found: list[Event] = []
    for place in range(90):
        at, name = NOW - 2 * DAY - 100 * place, f"s{place}"
        found.append(Prediction(
            id=name, transaction_id=name, timestamp=at, score=0.1, decision="APPROVED", threshold=0.6, latency_ms=9.0,
            amount=2.0 * place, replayed=place % 3 == 0, model_version=place % 2 or None,
        ))  # fmt: skip
        kind: Literal["purchase", "transfer"] = "purchase" if place % 4 else "transfer"
        found.append(Transaction(
            id=name, transaction_id=name, timestamp=at, type=kind, amount=2.0 * place, platform_fee=0.5,
            event_id=f"event {place % 5}",
        ))  # fmt: skip
    known = [one.transaction_id for one in first if isinstance(one, Prediction)][:400]
    for place, name in enumerate([*known, *(f"s{place}" for place in range(0, 90, 2))]):
        label: Literal["fraud", "legit"] = "fraud" if place % 3 else "legit"
        found.append(Label(id=f"c{place}", transaction_id=name, timestamp=NOW, source="chargeback", label=label))
    return found


@pytest.mark.parametrize("span", SPANS.values(), ids=list(SPANS))
@pytest.mark.parametrize("figure", FOUND, ids=[one.name for one in FOUND])
def test_a_figure_equals_its_reference(figure: Figure, span: Span, summed: Database) -> None:
    with summed.transaction() as connection:
        found = [tuple(row) for row in figure.read(connection, span)]
    assert found == world.ask(summed, figure.reference, span)
