"""`python -m ml score`: which rows are explained, ids whole, and duplicates where nothing is stored."""

import csv
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import BadInput
from core.models import registry as models
from core.settings import load
from ml import cli, registry
from tests.unit.ml.examples import FEATURES, table, trained

LONG = "gid://shop/Order/" + "4" * 150


@pytest.fixture
def version(db: Database, live: Live) -> int:
    """A champion."""
    made = registry.save(db, trained(algorithm="forest"))
    models.promote(live, db, made)
    return made


@pytest.fixture
def words(database_url: str, redis_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40}


def scored(environ: dict[str, str], path: Path, *more: str) -> list[dict[str, str]]:
    output = path.with_suffix(".scores")
    cli.run(cli.parser().parse_args(["score", str(path), "--id", "id", "--output", str(output), *more]), load(environ))
    with output.open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_explained_is_asked_for(
    db: Database, version: int, words: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.csv"
    ids = [LONG, LONG, "", *(f"t{i}" for i in range(397))]  # one twice, one missing
    rows = [",".join("" if v != v else f"{v:.6g}" for v in row) for row in table(400, 3).rows.tolist()]
    lines = [f"{i},{row}" for i, row in zip(ids, rows, strict=True)]
    path.write_text("\n".join(["id," + ",".join(f.name for f in FEATURES), *lines]))
    flagged, every, nothing = (scored(words, path, *more) for more in ((), ("--explain", "all"), ("--explain", "none")))
    assert {row["decision"] != "APPROVED" for row in flagged if row["top_feature"]} == {True}
    assert {row["decision"] for row in flagged if not row["top_feature"]} == {"APPROVED"}
    assert all(row["top_feature"] for row in every)
    assert not any(row["top_feature"] for row in nothing)
    assert [row["score"] for row in flagged] == [row["score"] for row in every] == [row["score"] for row in nothing]
    same = {row["row"]: row["top_feature"] for row in every}
    assert all(same[row["row"]] == row["top_feature"] for row in flagged if row["top_feature"])
    assert [row["id"] for row in flagged][:3] == [LONG, LONG, ""]
    assert "100% done" in capsys.readouterr().err
    with pytest.raises(BadInput, match=f"the id '{LONG}' was in row 2 already"):
        scored(words, path, "--store")
