"""`config/statuses.toml` says what the defaults are: benchmarks prove what ships; an unknown name is refused."""

import shutil
from pathlib import Path

import pytest

from core import settings
from core.errors import ConfigError
from core.statuses.detector import params
from core.statuses.detector.params import Params


def test_what_ships_is_what_the_benchmarks_measure() -> None:
    assert params.load(settings.load({})) == Params()


def test_a_misspelt_number_is_an_error(tmp_path: Path) -> None:
    folder = shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    (folder / "statuses.toml").write_text("[volume]\nhalflife = 3\n")
    with pytest.raises(ConfigError, match="halflife"):
        params.load(settings.load({"GATEHOUSE_CONFIG": str(folder)}))
