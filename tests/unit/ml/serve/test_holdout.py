"""The configured hold-out: off by default, refused without a key, stable."""

from pathlib import Path

import pytest

from core import settings
from core.errors import ConfigError
from core.settings import ROOT, Settings
from ml.serve import holdout


def known(tmp_path: Path, share: float, key: str) -> Settings:
    """Settings with that share."""
    for path in (ROOT / "config").glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text().replace("holdout_share = 0.0", f"holdout_share = {share}"))
    return settings.load({"GATEHOUSE_CONFIG": str(tmp_path), "GATEHOUSE_SECRET_KEY": key})


def test_it_is_off_unless_configured() -> None:
    assert holdout.of(settings.load({})) is None


def test_it_needs_a_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holdout_share needs GATEHOUSE_SECRET_KEY"):
        holdout.of(known(tmp_path, 0.2, ""))


def test_it_holds_its_share(tmp_path: Path) -> None:
    found = holdout.of(known(tmp_path, 0.2, "k" * 40))
    assert found is not None
    assert sum(found.holds(f"t{n}") for n in range(5000)) / 5000 == pytest.approx(0.2, abs=0.03)
    assert "k" * 40 not in repr(found)


def test_a_share_beyond_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holdout_share"):
        known(tmp_path, 1.5, "k" * 40)
