"""An application without stores."""

from pathlib import Path

import pytest

from core import settings
from core.web.app import App, create_app


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The bare factory's application."""
    return create_app("probe", settings.load({"GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off"}))
