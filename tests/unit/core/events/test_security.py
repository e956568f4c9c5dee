"""Security events: one that nobody could take is written to the log, and the caller goes on."""

import pytest

from core.errors import StorageUnavailable
from core.events import security


def test_an_event_that_cannot_be_kept_is_logged_and_harms_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    def away(_: object) -> None:
        raise StorageUnavailable("gone")

    assert security.emit(away, severity="high", text="three wrong codes", action="mfa-lock", outcome="failure")
    assert "three wrong codes" in "".join(capsys.readouterr())
