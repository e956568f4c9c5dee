"""A logger that was used once goes on when standard error is another stream by then."""

import io
import json

import pytest
import structlog

from core import log


def test_lines_go_to_the_standard_error_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    try:
        log.setup("tested")
        logger = log.get("stream")
        first, second = io.StringIO(), io.StringIO()
        monkeypatch.setattr("sys.stderr", first)
        logger.warning("one")
        first.close()
        monkeypatch.setattr("sys.stderr", second)
        logger.warning("two")
        assert json.loads(second.getvalue())["event"] == "two"
    finally:
        structlog.configure(**before)
