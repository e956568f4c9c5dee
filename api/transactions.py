"""One transaction with all that is known of it, and the newest transactions of a wallet or an IP."""

from typing import Annotated, Any

from flask import Response
from msgspec import Meta, Struct

from api.context import ResourceContext, milliseconds
from api.features import shown
from api.resource_registry import Reads
from api.transaction_paths import IdQuery
from api.transaction_shapes import Detail, Listed
from core import codec
from core.clock import to_datetime
from core.db.queries import query
from core.errors import BadInput, GatehouseError
from core.events import types as events
from core.models import registry
from core.models.data_quality import WHOLE
from core.transactions.confidence import LETTERS
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented
from core.web.problems import problem

HISTORY = 20
HOUR = 3600


class ListQuery(Struct, forbid_unknown_fields=True):
    """Arguments of the list; at most one of `ip` and `wallet`."""

    ip: Annotated[str, Meta(max_length=64)] = ""
    wallet: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    before: Annotated[
        float, Meta(ge=0, le=32503680000000, description="Only transactions before this time, epoch ms.")
    ] = 0


def install(app: App, reads: Reads) -> None:
    """Add both routes."""

    @app.get("/api/v1/transactions")
    @documented(
        "List the newest transactions of a wallet or an IP",
        tag="transactions",
        scope="read",
        query=ListQuery,
        answers={200: list[Listed]},
        problems=(503,),
    )
    def newest() -> Response:
        asked = arguments(ListQuery)
        if asked.ip and asked.wallet:
            raise BadInput("?wallet", "send either ip or wallet, not both")
        context = reads.context()
        before = asked.before / 1000 if asked.before else context.now + HOUR
        if asked.wallet:
            found = listed(context, "transactions.of_wallet", asked.wallet, before, asked.limit)
        elif asked.ip:
            found = listed(context, "transactions.of_address", events.address(asked.ip, "?ip"), before, asked.limit)
        else:
            found = listed(context, "transactions.newest", "", before, asked.limit)
        return _json(found)

    @app.get("/api/v1/transactions/<any_id:transaction_id>")
    @documented(
        "Get a transaction with score, features, contributions, labels and history",
        tag="transactions",
        scope="read",
        answers={200: Detail},
        problems=(404, 503),
    )
    def one(transaction_id: str) -> Response:
        return answer(reads.context(), transaction_id)

    @app.get("/api/v1/transaction")
    @documented(
        "Same, with the id as a query parameter (for ids that a path cannot carry, such as `..`)",
        tag="transactions",
        scope="read",
        query=IdQuery,
        answers={200: Detail},
        problems=(404, 503),
    )
    def one_by_query() -> Response:
        return answer(reads.context(), arguments(IdQuery).id)


def answer(context: ResourceContext, name: str) -> Response:
    """What a request for one transaction is answered. Raises DatabaseUnavailable."""
    found = None if "\x00" in name else detail(context, name)
    if found is None:
        return problem(404, "No transaction and no prediction has this id.", field="transaction_id")
    return _json(found)


def detail(context: ResourceContext, name: str) -> dict[str, Any] | None:
    """All that is known of a transaction, or None. Raises DatabaseUnavailable."""
    transactions = context.rows(query("transactions.one"), id=name)
    predictions = context.rows(query("predictions.one"), id=name)
    if not transactions and not predictions:
        return None
    prediction = _scored(context, predictions[0]) if predictions else None
    attempt = transactions[0] if transactions else _held(predictions[0])
    transaction: dict[str, Any] | None = attempt and _listed(
        {
            **attempt,
            "fraud_score": prediction and prediction["score"],
            "decision": prediction and prediction["decision"],
        }
    )
    labels = context.rows(query("transactions.labels"), id=name)
    return {
        "id": name,
        "transaction": transaction,
        "prediction": prediction,
        "labels": [{"t": milliseconds(row.pop("labelled_at")), **row} for row in labels],
        "label_changes": [
            {"t": milliseconds(row.pop("at")), **row} for row in context.rows(query("labels.changes"), id=name)
        ],
        "wallet_history": _history(context, "transactions.of_wallet", transaction["wallet"] if transaction else None),
        "ip_history": _history(
            context, "transactions.of_address", transaction["ip"] if transaction else None, requests=True
        ),
    }


def listed(context: ResourceContext, name: str, value: str, before: float, most: int) -> list[dict[str, Any]]:
    """Transactions of one named query, newest first."""
    parameters: dict[str, Any] = {"before": to_datetime(before), "most": most}
    if value:
        parameters["value"] = value
    return [_listed(row) for row in context.rows(query(name), **parameters)]


def _held(row: dict[str, Any]) -> dict[str, Any] | None:
    """What a prediction says of an attempt that never became a transaction."""
    if row["amount"] is None and row["wallet"] is None and row["ip"] is None:
        return None
    nothing = dict.fromkeys(("type", "platform_fee", "counterparty", "event_id", "ticket_id"))
    return {**nothing, **{name: row[name] for name in ("timestamp", "transaction_id", "amount", "wallet", "ip")}}


def _history(context: ResourceContext, name: str, value: str | None, requests: bool = False) -> dict[str, Any] | None:
    if not value:
        return None
    count: tuple[int | None, int | None] = (None, None)
    if requests:
        span = {"start": to_datetime(context.now - HOUR), "end": to_datetime(context.now + 1)}
        count = tuple(context.tuples(query("requests.of_address"), ip=value, **span)[0])
    return {
        "transactions": listed(context, name, value, context.now + HOUR, HISTORY),
        "requests_last_hour": count[0],
        "errors_last_hour": count[1],
    }


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "t": milliseconds(row["timestamp"]),
        "transaction_id": row["transaction_id"],
        "type": row["type"],
        "amount": _money(row["amount"]),
        "platform_fee": _money(row["platform_fee"]),
        "wallet": row["wallet"],
        "counterparty": row["counterparty"],
        "event_id": row["event_id"],
        "ticket_id": row["ticket_id"],
        "ip": row["ip"],
        "score": None if row["fraud_score"] is None else round(row["fraud_score"], 4),
        "decision": row["decision"],
    }


def _money(value: Any) -> float | None:
    return None if value is None else float(value)


def _scored(context: ResourceContext, row: dict[str, Any]) -> dict[str, Any]:
    features, explained = _features(context, row)
    return {
        "t": milliseconds(row["timestamp"]),
        "score": round(row["fraud_score"], 4),
        "decision": row["decision"],
        "flagged": row["flagged"],
        "top_feature": row["top_feature"],
        "top_value": row["top_value"],
        "top_feature_text": shown(row["top_feature"], row["top_value"], context.config),
        "model_version": row["model_version"],
        "latency_ms": row["latency_ms"],
        "confidence": LETTERS.get(row["confidence"]),
        "data_quality_score": None if row["data_quality_score"] is None else row["data_quality_score"] / WHOLE,
        "replayed": "replayed" in (row["extra"] or {}),
        "features": features,
        "explained": explained,
    }


def _features(context: ResourceContext, row: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Features with contributions, the weightiest first: stored ones, else computed by the scoring service (L2)."""
    values, weights, version = row["features"], row["contributions"], row["model_version"]
    if values is None:
        named = (row["extra"] or {}).get("features") or {}
        given = (row["extra"] or {}).get("contributions") or {}
        found = [_feature(name, named.get(name), given.get(name)) for name in dict.fromkeys([*named, *given])]
        return _by_weight(found), "stored" if given else "unavailable"
    names = _names(context, version, len(values))
    explained = "stored"
    if weights is None:
        weights = _computed(context, version, values)
        explained = "computed" if weights else "unavailable"
    weights = weights if weights and len(weights) == len(values) else [None] * len(values)
    return _by_weight([_feature(*item) for item in zip(names, values, weights, strict=True)]), explained


def _names(context: ResourceContext, version: int | None, count: int) -> list[str]:
    """The model's feature names; numbered ones when the model is not registered."""

    def read() -> list[str]:
        try:
            return [bins.name for bins in registry.reference(context.database, version or 0)]
        except BadInput:
            return []

    names = context.memory.remember(("features", version), 300.0, read)
    return names if len(names) == count else [f"feature {index + 1}" for index in range(count)]


def _computed(context: ResourceContext, version: int | None, values: list[float | None]) -> list[float] | None:
    try:
        answer = context.scoring.post_json("/api/v1/ml/explain", {"model_version": version, "features": values})
        found = answer.json().get("contributions") if answer.status == 200 else None
    except (GatehouseError, ValueError, AttributeError):
        return None
    if isinstance(found, dict):
        names = _names(context, version, len(values))
        found = [found.get(name) for name in names]
    return found if isinstance(found, list) else None


def _feature(name: str, value: Any, weight: Any) -> dict[str, Any]:
    return {"name": name, "value": None if value is None else float(value), "contribution": weight}


def _by_weight(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(features, key=lambda item: -abs(item["contribution"] or 0.0))


def _json(value: Any) -> Response:
    return Response(codec.encode(value), headers={"Cache-Control": "no-store"}, content_type="application/json")
