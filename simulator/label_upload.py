"""`python -m simulator labels FILE`: hands a CSV of labels to the product, as the platform's back office would."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from core.errors import BadInput
from core.http import HttpClient
from core.settings import Settings
from core.tabular import csv_export


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is read and taken: `yes` agrees with what was guessed, `dry_run` records nothing, `unmatched` is where
    ids go that were never scored here.
    """

    yes: bool = False
    dry_run: bool = False
    zone: str = ""
    id_column: str = ""
    unmatched: Path | None = None
    agree: Callable[[], bool] = lambda: ask()


PATH = "/api/v1/labels/file"
_NAMED = 20


def send(
    settings: Settings,
    file: Path,
    source: str | None,
    partial: bool,
    tell: Callable[[str], None],
    options: Options | None = None,
) -> int:
    """Send the file and say what became of it; the exit code. What was guessed is said before anything counts, and
    somebody has to agree. Raises BadInput, and HttpUnavailable when nobody answers.
    """
    options = options or Options()
    try:
        body = file.read_bytes()
    except OSError as error:
        raise BadInput(str(file), error.strerror or "cannot be read") from None
    client = HttpClient(settings.api_url, timeout=120.0, token=settings.own_token)
    query = {"partial": str(partial).lower(), "source": source, "zone": options.zone, "id_column": options.id_column}
    asked = {name: value for name, value in query.items() if value}

    def post(dry: bool) -> tuple[int, dict[str, Any]]:
        given = urlencode({**asked, "dry_run": str(dry).lower()})
        answer = client.request("POST", f"{PATH}?{given}", body=body, headers={"Content-Type": "text/csv"})
        try:
            return answer.status, answer.json()
        except ValueError:
            return answer.status, {"detail": f"the monitoring API responded {answer.status}"}

    status, document = post(dry=True)
    if status == 200:
        for sentence in read(file.name, document):
            tell(sentence)
        if options.unmatched is not None:
            _write(options.unmatched, document["read"]["unmatched"], tell)
        if options.dry_run:
            return 1 if document["rejected"] else 0
        if document["read"]["kind"] and not options.yes and not options.agree():
            tell(f"{file.name}: nothing was imported; use --yes to accept, or --id-column COLUMN, --zone ZONE")
            return 2
        status, document = post(dry=False)
    for sentence in sentences(file.name, status, document):
        tell(sentence)
    return 0 if status == 200 and not document["rejected"] else 1


def read(name: str, document: dict[str, Any]) -> list[str]:
    """How the file was read, where something was guessed."""
    found = document["read"]
    if not found["guessed"]:
        return []
    counts = ", ".join(f"{count:,} {word}" for word, count in found["labels"].items())
    known = sum(found["labels"].values())
    never = f"; {len(found['unmatched']):,} ids were not scored here" if found["unmatched"] else ""
    return [*(f"{name}: {sentence}" for sentence in found["guessed"]), f"{name}: {known:,} labels: {counts}{never}"]


def _write(path: Path, ids: list[str], tell: Callable[[str], None]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_export.lines(("transaction_id",), ([one] for one in ids)))
    except OSError as error:
        raise BadInput(str(path), f"cannot be written: {error.strerror}") from error
    tell(f"{len(ids):,} ids that were not scored here are in {path}")


def ask() -> bool:
    """Whether the person at the terminal agrees; nobody does where there is no terminal."""
    return sys.stdin.isatty() and input("Import these labels? [y/N] ").strip().lower() in ("y", "yes")


def sentences(name: str, status: int, document: dict[str, Any]) -> list[str]:
    """What a person at the terminal wants to know of the answer."""
    bad = document.get("rejected", [])
    said = [f"{name}: row {one['row']}, {one['field']}: {one['reason']}" for one in bad[:_NAMED]]
    if len(bad) > _NAMED:
        said.append(f"{name}: {len(bad) - _NAMED} more rows are invalid")
    if status != 200:
        field = f"{document['field']}: " if document.get("field") and not bad else ""
        return [*said, f"{name}: {field}{document.get('detail', status)}"]
    counts = ", ".join(f"{document[key]:,} {key}" for key in ("recorded", "unchanged", "outdated", "repeated"))
    unknown = f"; {document['unknown']:,} for transactions that were not scored here" if document["unknown"] else ""
    note = [f"{name}: {document['note']}"] if document.get("note") else []
    return [*said, *note, f"{name}: {counts}{unknown}"]
