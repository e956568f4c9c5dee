"""Values as PostgreSQL's COPY reads them: the short ways give what the long ones gave."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.clock import to_datetime
from core.db import copy_rows


@given(st.floats(min_value=-1e9, max_value=4e9) | st.integers(min_value=-(10**9), max_value=4 * 10**9))
def test_a_time_is_that_of_the_clock_to_the_microsecond(value: float) -> None:
    written = datetime.fromisoformat(copy_rows.time(value))
    assert written == to_datetime(value)
    assert written.utcoffset() == timedelta(0)


@given(st.text())
def test_a_text_is_escaped_wherever_it_has_to_be(text: str) -> None:
    written = copy_rows.text(text)
    assert not set("\t\n\r") & set(written)
    plain = written.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r")
    assert "\\" not in plain
    if "\0" not in text:
        assert plain.replace("\0", "\\") == text
