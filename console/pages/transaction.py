"""The transaction drawer's one callback: an id in, the transaction, its prediction and a figure out."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from console.figures import contributions
from core.errors import Unreachable
from core.http import HttpClient
from core.transactions.ids import ADDRESS, is_id


def register(dash: Dash, client: HttpClient) -> None:
    """Register the callback on this application (never on Dash's global list)."""

    @dash.callback(Output("txn-answer", "data"), Input("txn-request", "data"), prevent_initial_call=True)
    def open_transaction(wanted: Any) -> dict[str, Any]:
        return look_up(client, wanted)

    add: Any = dash.clientside_callback  # Dash leaves it untyped
    add(ClientsideFunction("gatehouse", "showTransaction"), Input("txn-answer", "data"), prevent_initial_call=True)


def look_up(client: HttpClient, wanted: Any) -> dict[str, Any]:
    """The drawer's content for `wanted` = {id, n}; every failure is a sentence in `error`."""
    txn = wanted.get("id") if isinstance(wanted, dict) else None
    number = wanted.get("n") if isinstance(wanted, dict) else None
    if not isinstance(txn, str) or not is_id(txn):
        return {"n": number, "id": None, "error": "That is no transaction id."}
    answer: dict[str, Any] = {"n": number, "id": txn}
    try:
        found = client.get(ADDRESS, {"id": txn})
    except Unreachable:
        return {**answer, "error": "The monitoring API cannot be reached. Try again in a moment."}
    if found.status == 404:
        return {
            **answer,
            "error": "No transaction has this id. It may be older than the retention allows, or not stored yet.",
        }
    if found.status != 200:
        return {**answer, "error": f"The monitoring API answered {found.status}. Try again in a moment."}
    document = found.json()
    features = (document.get("prediction") or {}).get("features") or []
    if any(feature.get("contribution") is not None for feature in features):
        answer["figure"] = contributions.draw(features)
    return {**answer, "document": document}
