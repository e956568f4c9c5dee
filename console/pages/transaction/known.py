"""What is known of one transaction: asked of the monitoring API, which explains scores. A failure is a sentence."""

from typing import Any

from msgspec import Struct

from console.auth.context import AuthContext
from core.errors import Unreachable
from core.transactions.ids import ADDRESS


class Known(Struct, frozen=True):
    """The API's document and similar past cases; `error` says why there is none, `status` is the page's."""

    id: str
    document: dict[str, Any] = {}
    similar: list[dict[str, Any]] = []
    similar_error: str = ""
    error: str = ""
    status: int = 200

    @property
    def prediction(self) -> dict[str, Any]:
        """How it was scored; empty when it never was."""
        return self.document.get("prediction") or {}

    @property
    def transaction(self) -> dict[str, Any]:
        """What the platform reported; empty when it was never completed."""
        return self.document.get("transaction") or {}

    @property
    def features(self) -> list[dict[str, Any]]:
        """Those of the model that scored it."""
        return self.prediction.get("features") or []


def known(auth: AuthContext, name: str) -> Known:
    """Everything there is to know of a transaction."""
    try:
        found = auth.api.get(ADDRESS, {"id": name})
        if found.status == 404:
            text = "No transaction has this id. It may be older than the retention period or not stored yet."
            return Known(name, error=text, status=404)
        if found.status != 200:
            text = f"The monitoring API responded with status {found.status}. Try again in a moment."
            return Known(name, error=text, status=502)
        document = found.json()
        if not document.get("prediction"):
            return Known(name, document)
        answer = auth.api.get(f"{ADDRESS}/similar", {"id": name})
    except Unreachable:
        text = "The monitoring API cannot be reached. You can still add labels."
        return Known(name, error=text, status=503)
    if answer.status != 200:
        return Known(name, document, similar_error=f"The monitoring API responded with status {answer.status}.")
    return Known(name, document, answer.json())
