"""The command that hands in labels: what it says of an answer, and that a missing file is a sentence."""

import dataclasses
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from core.errors import BadInput, HttpUnavailable
from core.settings import Settings, load
from simulator import label_upload
from simulator.label_upload import Options

TAKEN = {"recorded": 1200, "unchanged": 3, "outdated": 0, "repeated": 0, "unknown": 2, "rejected": []}
BAD = {"field": "label", "reason": "'x' is not a label", "row": 7, "index": None}


def test_an_answer_is_told_in_sentences() -> None:
    [said] = label_upload.sentences("a.csv", 200, TAKEN)
    assert said.startswith("a.csv: 1,200 recorded, 3 unchanged")
    assert "2 for transactions that were not scored here" in said
    assert label_upload.sentences("a.csv", 200, {**TAKEN, "note": "Read so."})[0] == "a.csv: Read so."
    said, last = label_upload.sentences("a.csv", 400, {"rejected": [BAD], "detail": "Nothing was taken."})
    assert said == "a.csv: row 7, label: 'x' is not a label"
    assert last == "a.csv: Nothing was taken."
    [said] = label_upload.sentences("a.csv", 400, {"field": "row 1", "detail": "has no header"})
    assert said == "a.csv: row 1: has no header"


def test_a_missing_file_and_a_missing_product_are_named(tmp_path: Path) -> None:
    known = dataclasses.replace(load({}), api_url="http://127.0.0.1:9")
    with pytest.raises(BadInput, match=r"none\.csv"):
        label_upload.send(known, tmp_path / "none.csv", None, False, print)
    file = tmp_path / "a.csv"
    file.write_text("id,label\n")
    with pytest.raises(HttpUnavailable):
        label_upload.send(known, file, "chargeback", False, print)


class Api(BaseHTTPRequestHandler):
    """Answers as the monitoring API does, and notes what was asked."""

    asked: ClassVar[list[str]] = []
    guessed: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Api.asked.append(self.path)
        labels = {"fraud": 1, "legit": 1, "unsure": 0}
        kind = "Stripe's disputes" if self.guessed else ""
        read = {"kind": kind, "columns": {}, "guessed": self.guessed, "labels": labels, "unmatched": ["=t9"]}
        body = json.dumps({**TAKEN, "read": read}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Settings]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Api.asked, Api.guessed = [], ["The transaction is named by the column 'Charge ID'."]
    yield dataclasses.replace(load({}), api_url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("options", "code", "requests"),
    [
        (Options(agree=lambda: False), 2, 1),
        (Options(agree=lambda: True), 0, 2),
        (Options(yes=True, agree=lambda: False), 0, 2),
        (Options(dry_run=True, zone="Asia/Tokyo", id_column="Charge ID"), 0, 1),
    ],
)
def test_what_was_guessed_is_said_and_agreed_to_before_it_counts(
    api: Settings, tmp_path: Path, options: Options, code: int, requests: int
) -> None:
    file, told = tmp_path / "a.csv", list[str]()
    file.write_text("Charge ID\nt1\n")
    assert label_upload.send(api, file, "chargeback", False, told.append, options) == code
    assert told[0] == "a.csv: The transaction is named by the column 'Charge ID'."
    assert told[1] == "a.csv: 2 labels: 1 fraud, 1 legit, 0 unsure; 1 ids were not scored here"
    assert len(Api.asked) == requests
    assert "dry_run=true" in Api.asked[0]
    assert ("zone=Asia%2FTokyo&id_column=Charge+ID" in Api.asked[0]) == options.dry_run
    assert "dry_run=false" in Api.asked[-1] or requests == 1


def test_a_file_of_our_own_names_is_taken_without_a_question(api: Settings, tmp_path: Path) -> None:
    Api.guessed = []
    file, ids = tmp_path / "a.csv", tmp_path / "ids.csv"
    file.write_text("transaction_id\nt1\n")
    assert label_upload.send(api, file, "chargeback", False, print, Options(unmatched=ids)) == 0
    assert ids.read_text().split() == ["transaction_id", "'=t9"]
