"""What changed between two documents, in words that a person reads at night."""

from typing import Any

import pytest

from console.audit_diff import difference


def test_what_stayed_is_left_out_and_what_is_new_stands_alone() -> None:
    before, after = {"profile": "normal", "version": 3}, {"profile": "strict", "version": 3, "by": 0.5}
    assert difference(before, after) == "profile: normal → strict, by: 0.500"
    assert difference(None, None) == ""
    assert difference({"role": "viewer"}, None) == "role: viewer → –"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([1], [2], "1 → 2"),
        (None, ["a", "b"], "a; b"),
        ("open", None, "open → –"),
        ({"role": "viewer"}, "gone", "role viewer → gone"),
        ([1], [1], ""),
    ],
)
def test_documents_that_are_no_objects_are_said_whole(before: Any, after: Any, words: str) -> None:
    assert difference(before, after) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            [{"kind": "ip", "until": "2026-12-01T10:05:38.368553Z", "value": "198.18.92.151"}],
            "kind ip, until 2026-12-01 10:05:38 UTC, value 198.18.92.151",
        ),
        (["ingest", "score"], "ingest; score"),
        (True, "yes"),
        ("dfdcaaa53808edc0b008993547211abd7ed4d7dcb7a1ebc46acbd75b58f1459d", "dfdcaaa53808…"),
        ("", "–"),
        ([], "–"),
        ("a 2026-12-01T10:05:38Z", "a 2026-12-01T10:05:38Z"),
    ],
)
def test_no_brackets_quotes_or_fingerprints_in_full(value: Any, words: str) -> None:
    assert difference(None, {"what": value}) == f"what: {words}"
