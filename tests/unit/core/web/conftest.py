"""An application without stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import serving, settings
from core.web.app import App, create_app


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The bare factory's application."""
    return create_app("probe", settings.load({"GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off"}))


@pytest.fixture(autouse=True)
def _no_request_is_left() -> Iterator[None]:
    yield
    serving.by_thread.clear()
