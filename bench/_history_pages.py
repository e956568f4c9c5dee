"""The reads of people's pages that look into history: the transaction search, one transaction, the threshold simulator.

A page of rows should cost what it shows. What counts a whole span costs what the span holds; it is timed beside it.
"""

from collections.abc import Callable

from api import transactions
from api.resource_registry import Reads
from api.resources import label_delay
from api.window import Window, rolling
from console.thresholds import history
from core import clock, settings
from core.stores import Stores
from core.transactions import review, search, search_filter
from core.transactions.review import ReviewConfig

DAY = 86_400.0
Read = Callable[[], object]
SEARCHES = {
    "newest of 90 days": {"span": "90d"},
    "highest score of 90 days": {"span": "90d", "sort": "score"},
    "dearest of 90 days": {"span": "90d", "sort": "amount"},
    "blocked of 90 days": {"span": "90d", "decision": "BLOCKED"},
    "score 0.9 or more, 30 days": {"span": "30d", "score_from": "0.9"},
    "labelled fraud, 7 days": {"span": "7d", "label": "fraud"},
}


def pages(stores: Stores, reads: Reads, settings_of_review: ReviewConfig) -> dict[str, Read]:
    """Reads that show a page of rows, by name."""
    known = search.page(stores.database, _asked({"span": "1h"})).rows[0]
    found = {f"search: {name}": _search(stores, given) for name, given in SEARCHES.items()}
    found["search: a transaction's id"] = _search(stores, {"span": "90d", "id": known.transaction_id})

    def queue() -> object:
        with stores.database.transaction() as connection:
            return review.queue(connection, settings_of_review, clock.now())

    return found | {
        "one transaction with its history": lambda: transactions.detail(reads.context(), known.transaction_id),
        "review queue": queue,
    }


def spans(stores: Stores, fresh: Callable[[], Reads]) -> dict[str, Read]:
    """Reads that count all of a span, by name; `fresh` makes a reader that remembers nothing."""

    def count(span: str) -> Read:
        asked, rules = _asked({"span": span}), settings.load({}).config.policy.holdout
        return lambda: history.history(stores.database, asked.start, asked.end, rules)

    def model() -> object:
        reads = fresh()
        context = reads.context()
        return reads.modules["model"].read(context, rolling("1h", context.now))

    def window(days: float) -> Read:
        end = 60 * (clock.now() // 60)
        reads = fresh()
        reads.modules["model"].read(reads.context(), rolling("1h", end))  # the fourteen days are timed above
        return lambda: reads.modules["model"].read(reads.context(), Window("", end - days * DAY, end, live=False))

    def delays() -> object:
        context = fresh().context()
        return label_delay.counted(context, rolling("24h", context.now))

    return {
        **{f"threshold simulator, {span}": count(span) for span in ("24h", "7d", "30d")},
        "model, fourteen days for the first time": model,
        **{f"model page, {days} days": window(days) for days in (7, 30)},
        "model page, how long labels take": delays,
    }


def _search(stores: Stores, given: dict[str, str]) -> Read:
    asked = _asked(given)
    return lambda: search.page(stores.database, search.resolved(stores.database, asked))


def _asked(given: dict[str, str]) -> search_filter.Asked:
    asked, wrong = search_filter.parse(given, clock.now())
    assert not wrong, wrong
    return asked
