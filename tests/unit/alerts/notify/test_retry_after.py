"""`Retry-After` in every form, bounded, and what cannot be read as one."""

import os
import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.notify.retry_after import LONGEST, seconds

NOW = 784111700.0
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LATER = "Sun, 06 Nov 1994 08:50:07 GMT"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 120 "}, 120.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "NaN"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "1_000"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "120, 5"}, None),
        ({"retry-after": "\u0661\u0662"}, None),
        ({"retry-after": "\u00b2"}, None),
        ({"retry-after": "31536000"}, LONGEST),
        ({"retry-after": "1" + "0" * 399}, LONGEST),
        ({"retry-after": "1" + "0" * 5000}, None),
        ({"retry-after": LATER, "date": DATE}, 30.0),
        ({"retry-after": "Sunday, 06-Nov-94 08:50:07 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Sun Nov  6 08:50:07 1994", "date": DATE}, 30.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:07 -0000", "date": DATE}, 30.0),
        ({"retry-after": DATE, "date": LATER}, 0.0),
        ({"retry-after": LATER}, 107.0),
        ({"retry-after": LATER, "date": "garbage"}, 107.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 -2359"}, LONGEST),
        ({"retry-after": "Mon, 01 Jan 1900 00:00:00 +2359"}, 0.0),
        ({"retry-after": "Mon, 01 Jan 1900 00:00:00"}, 0.0),
        ({"retry-after": "Mon, 99 Jan 2030 00:00:00 GMT"}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, None),
    ],
)
def test_seconds_to_wait(headers: dict[str, str], wait: float | None) -> None:
    assert seconds(headers, now=NOW) == wait


def test_a_date_without_a_zone_is_utc_whatever_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert seconds({"retry-after": "Sun Nov  6 08:50:07 1994", "date": DATE}, now=NOW) == 30.0
    finally:
        monkeypatch.setenv("TZ", before) if before is not None else monkeypatch.delenv("TZ")
        time.tzset()


def test_the_bound_can_be_lower() -> None:
    assert seconds({"retry-after": "600"}, NOW, longest=60.0) == 60.0


@given(st.text(max_size=80), st.text(max_size=40))
def test_nothing_breaks_it(value: str, date: str) -> None:
    wait = seconds({"retry-after": value, "date": date}, NOW)
    assert wait is None or 0.0 <= wait <= LONGEST


@given(st.floats(0, 2e11), st.sampled_from(("", "GMT", "+0000", "-0000", "+9999", "-2400", "EST", "XYZ")))
def test_any_date_is_bounded(at: float, zone: str) -> None:
    wait = seconds({"retry-after": formatdate(at, usegmt=True).replace("GMT", zone)}, NOW)
    assert wait is None or 0.0 <= wait <= LONGEST
