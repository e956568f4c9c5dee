"""`python -m simulator labels FILE`: hands a CSV of labels to the product, as the platform's back office would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from core.errors import BadInput
from core.http import HttpClient
from core.settings import Settings

PATH = "/api/v1/labels/file"
_NAMED = 20


def send(settings: Settings, file: Path, source: str | None, partial: bool, tell: Callable[[str], None]) -> int:
    """Send the file and say what became of it; the exit code. Raises BadInput, and HttpAway when nobody answers."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise BadInput(str(file), error.strerror or "cannot be read") from None
    client = HttpClient(settings.api_url, timeout=120.0, token=settings.internal_token)
    query = urlencode({"partial": str(partial).lower(), **({"source": source} if source else {})})
    answer = client.request("POST", f"{PATH}?{query}", body=body, headers={"Content-Type": "text/csv"})
    try:
        document: dict[str, Any] = answer.json()
    except ValueError:
        document = {"detail": f"the monitoring API answered {answer.status}"}
    for sentence in sentences(file.name, answer.status, document):
        tell(sentence)
    return 0 if answer.status == 200 and not document["rejected"] else 1


def sentences(name: str, status: int, document: dict[str, Any]) -> list[str]:
    """What a person at the terminal wants to know of the answer."""
    bad = document.get("rejected", [])
    said = [f"{name}: row {one['row']}, {one['field']}: {one['reason']}" for one in bad[:_NAMED]]
    if len(bad) > _NAMED:
        said.append(f"{name}: {len(bad) - _NAMED} more rows are bad")
    if status != 200:
        field = f"{document['field']}: " if document.get("field") and not bad else ""
        return [*said, f"{name}: {field}{document.get('detail', status)}"]
    counts = ", ".join(f"{document[key]:,} {key}" for key in ("recorded", "unchanged", "outdated", "repeated"))
    unknown = f"; {document['unknown']:,} of transactions that were never scored here" if document["unknown"] else ""
    note = [f"{name}: {document['note']}"] if document.get("note") else []
    return [*said, *note, f"{name}: {counts}{unknown}"]
