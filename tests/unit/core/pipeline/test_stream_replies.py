"""One answer of Redis reads alike in RESP2, in RESP3 and out of a cluster's transaction."""

from typing import Any

import pytest

from core.pipeline import stream_replies

ENTRY = [b"1-0", {b"e": b"x"}]


@pytest.mark.parametrize(
    "found",
    [
        [[b"stream", [ENTRY, ENTRY]]],
        {b"stream": [ENTRY, ENTRY]},
        {b"stream": [[ENTRY, ENTRY]]},
        {b"stream": [[ENTRY], [ENTRY]]},
    ],
)
def test_entries_are_read_from_every_form(found: Any) -> None:
    assert stream_replies.entries(found) == [ENTRY, ENTRY]


@pytest.mark.parametrize("nothing", [None, [], {}, {b"stream": []}])
def test_no_entries_are_none(nothing: Any) -> None:
    assert stream_replies.entries(nothing) == []


@pytest.mark.parametrize(
    "row", [{b"name": b"g", b"pending": 1}, {"name": b"g", "pending": 1}, [b"name", b"g", b"pending", 1]]
)
def test_a_row_has_names_of_text(row: Any) -> None:
    assert stream_replies.named(row) == {"name": b"g", "pending": 1}


def test_text_and_bytes_become_each_other() -> None:
    assert stream_replies.as_bytes("1-0") == stream_replies.as_bytes(b"1-0") == b"1-0"
    assert stream_replies.as_text("1-0") == stream_replies.as_text(b"1-0") == "1-0"
