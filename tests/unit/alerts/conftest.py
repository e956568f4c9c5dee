"""Receivers for channels under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.receivers.run import Receivers
from tests.receiving import receiving


@pytest.fixture
def receivers(tmp_path: Path) -> Iterator[Receivers]:
    """All receivers, without faults until a test sets `desk.plan` or `mail.plan`."""
    with receiving(tmp_path / "receivers") as found:
        yield found
