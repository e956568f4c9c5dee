"""Scored transactions by any filter, the review queue, and similar past cases."""

from typing import Annotated, Any, Literal, TypedDict

from flask import Response, request
from msgspec import Meta, Struct, structs

from api import transactions
from api.context import ResourceContext, milliseconds
from api.resource_registry import Reads
from api.similar import Cases
from api.transaction_paths import IdQuery, ends_as_sent
from core import codec
from core.db.engine import Database
from core.db.queries import query
from core.settings import Settings
from core.transactions import review, search_filter
from core.transactions import search as transaction_search
from core.transactions.review import ReviewConfig
from core.transactions.search import Found
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented
from core.web.problems import problem

CASES_SECONDS = 60.0
Text = Annotated[str, Meta(max_length=200)]


class SearchQuery(Struct, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """Arguments of the search, all optional. `q`: an id, a wallet or an IP. `decision`: several with commas."""

    q: Text = ""
    id: Text = ""
    wallet: Text = ""
    ip: Text = ""
    span: Annotated[str, Meta(description="1h, 24h, 7d, 30d or 90d, ending now.")] = ""
    start: Text = ""
    end: Text = ""
    score_from: Text = ""
    score_to: Text = ""
    amount_from: Text = ""
    amount_to: Text = ""
    decision: Text = ""
    label: Annotated[str, Meta(description="fraud, legit, none, unsure or chargeback.")] = ""
    type: Text = ""
    sort: Annotated[str, Meta(description="time, score or amount.")] = ""
    dir: Annotated[str, Meta(description="asc or desc.")] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50
    after: Annotated[str, Meta(max_length=2000, description="`after` of the previous page.")] = ""


class FoundRow(TypedDict):
    """One scored transaction; `t` in ms, money in USD, `risk` = score x amount, `label` the one that counts."""

    t: int
    transaction_id: str
    score: float | None
    decision: Literal["APPROVED", "REVIEW", "BLOCKED"] | None
    top_feature: str | None
    top_value: float | None
    model_version: int | None
    amount: float | None
    risk: float | None
    type: Literal["purchase", "transfer"] | None
    wallet: str | None
    ip: str | None
    label: Literal["fraud", "legit"] | None
    source: str | None


class FoundPage(TypedDict):
    """A page; `after` is empty at the end."""

    rows: list[FoundRow]
    after: str


class WaitingRow(TypedDict):
    """One row of the review queue and who has it in hand."""

    row: FoundRow
    claimed_by: str | None


class SimilarCase(TypedDict):
    """A labelled case like this one; `distance` in standard deviations a feature."""

    transaction_id: str
    distance: float
    label: str
    source: str
    score: float
    decision: str
    amount: float | None
    t: int


def install(app: App, settings: Settings, reads: Reads) -> None:
    """Add the routes."""
    config = settings.section("review", ReviewConfig)

    @app.get("/api/v1/predictions")
    @documented(
        "Search scored transactions",
        tag="transactions",
        scope="read",
        query=SearchQuery,
        answers={200: FoundPage},
        problems=(503,),
        description=(
            "Use `after` to get the next page. Default: the last 24 hours. When a read replica serves the request, "
            "`X-Behind` is its maximum lag in seconds."
        ),
    )
    def search() -> Response:
        asked = arguments(SearchQuery)
        context = reads.context()
        given = {name: text for name, text in request.args.items() if name in search_filter.FIELDS}
        wanted = search_filter.strict(given, context.now)

        def search_in(database: Database) -> transaction_search.Page:
            return transaction_search.page(
                database, transaction_search.resolved(database, wanted), asked.limit, asked.after
            )

        found, behind = reads.history.read(search_in)
        answer = _json({"rows": [row(one) for one in found.rows], "after": found.after})
        if behind is not None:
            answer.headers["X-Behind"] = f"{behind:.1f}"
        return answer

    @app.get("/api/v1/review-queue")
    @documented(
        "List held transactions without a label, most money at risk first",
        tag="transactions",
        scope="read",
        answers={200: list[WaitingRow]},
        problems=(503,),
    )
    def queue() -> Response:
        context = reads.context()
        with context.database.transaction() as connection:
            waiting = review.queue(connection, config, context.now)
        return _json([{"row": row(one.row), "claimed_by": one.claimed_by} for one in waiting])

    @app.get("/api/v1/transactions/<any_id:transaction_id>/similar")
    @documented(
        "Find similar past cases with their labels",
        tag="transactions",
        scope="read",
        answers={200: list[SimilarCase]},
        problems=(404, 503),
        description="The nearest of the newest labelled cases of the same model version, by standardised features.",
    )
    def similar(transaction_id: str) -> Response:
        if not ends_as_sent("/similar"):
            return transactions.answer(reads.context(), f"{transaction_id}/similar")
        return _similar_answer(reads.context(), transaction_id, config)

    @app.get("/api/v1/transaction/similar")
    @documented(
        "Same, with the id as a query parameter (for ids that a path cannot carry, such as `..`)",
        tag="transactions",
        scope="read",
        query=IdQuery,
        answers={200: list[SimilarCase]},
        problems=(404, 503),
    )
    def similar_by_query() -> Response:
        return _similar_answer(reads.context(), arguments(IdQuery).id, config)


def _similar_answer(context: ResourceContext, name: str, config: ReviewConfig) -> Response:
    found = None if "\x00" in name else similar_to(context, name, config)
    if found is None:
        return problem(404, "No prediction has this id.", field="transaction_id")
    return _json(found)


def similar_to(context: ResourceContext, name: str, config: ReviewConfig) -> list[dict[str, Any]] | None:
    """The similar cases of a prediction, nearest first; None without a prediction. Raises DatabaseUnavailable."""
    predictions = context.rows(query("predictions.one"), id=name)
    if not predictions:
        return None
    values, version = predictions[0]["features"], predictions[0]["model_version"]
    if values is None or version is None:
        return []

    def read() -> tuple[Cases, dict[str, dict[str, Any]]]:
        rows = context.rows(query("review.cases"), version=version, most=config.similar_from)
        rows = [one for one in rows if len(one["features"]) == len(values)]
        known = {one["transaction_id"]: one for one in rows}
        return Cases(list(known), [one["features"] for one in known.values()]), known

    cases, known = context.memory.remember(("cases", version), CASES_SECONDS, read)
    nearest = cases.nearest(values, config.similar_cases, without=name)
    return [_similar(known[found], distance) for found, distance in nearest]


def row(found: Found) -> dict[str, Any]:
    """A row as it is answered."""
    fields = structs.asdict(found)
    at = fields.pop("at")
    for key, places in (("score", 4), ("risk", 2), ("amount", None)):
        value = None if fields[key] is None else float(fields[key])
        fields[key] = value if value is None or places is None else round(value, places)
    return {"t": milliseconds(at), **fields}


def _similar(case: dict[str, Any], distance: float) -> dict[str, Any]:
    amount = case["amount"]
    return {
        **{key: case[key] for key in ("transaction_id", "label", "source", "decision")},
        "distance": round(distance, 3),
        "score": round(case["score"], 4),
        "amount": None if amount is None else float(amount),
        "t": milliseconds(case["at"]),
    }


def _json(value: Any) -> Response:
    return Response(codec.encode(value), headers={"Cache-Control": "no-store"}, content_type="application/json")
