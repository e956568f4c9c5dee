"""Runs on files that people gave: a hundred broken ones fail by the same sentences, and nothing is kept of them."""

import dataclasses
import gzip
import io
import time
from pathlib import Path
from typing import Any

import msgspec

from core.models import registry, training_runs, uploads
from core.settings import Settings
from core.stores import Stores
from ml.data import table as tables
from ml.data.split import Protocol
from ml.data.table import Mapping
from ml.train import training
from tests.integration.ml.jobs.test_training import champion, shuffled
from tests.training import file, quick, train_once, work
from tests.unit.ml.broken_csv import CASES, WHOLE

PARTS = {"label": "fraud", "time": "when", "id": "id", "entity": "card", "amount": "amount"}


def keep(stores: Stores, content: bytes) -> int:
    return uploads.store(
        stores.database, stores.audit, "data.csv", io.BytesIO(content), "ann", time.time(),
        most_bytes=10_000_000, keep_seconds=60, most_files=1000,
    )  # fmt: skip


def ask(stores: Stores, upload: int | None, mapping: dict[str, Any], **more: Any) -> int:
    options = {"file": "data.csv", "mapping": mapping, "keep_known": True, **more}
    with stores.database.transaction() as connection:
        key = f"file-{upload}"
        return training_runs.request(connection, "manual", time.time(), "", key, "ann", options=options, upload=upload)


def run(stores: Stores, content: bytes, mapping: dict[str, Any], **more: Any) -> training_runs.Run:
    """Keep a file, ask for a run on it and do it."""
    number = ask(stores, keep(stores, content), mapping, **more)
    assert train_once(stores, time.time())
    found = training_runs.one(stores.database, number)
    assert found is not None
    return found


def test_a_hundred_broken_files_fail_by_their_sentence_and_leave_nothing(stores: Stores) -> None:
    cases = [case for case in CASES if case.content]
    assert len(cases) >= 100
    for case in cases:
        done = run(stores, case.content, {**PARTS, **case.more}, promote="always")
        assert done.state == "failed", case.name
        assert done.message.startswith(f"data.csv{case.place}"), (case.name, done.message)
        assert case.reason in done.message, (case.name, done.message)
        assert "\n" not in done.message
    assert not registry.listing(stores.database)
    assert registry.champion(stores.live, stores.database) is None


def test_a_split_that_lacks_a_class_is_told_in_the_words_of_the_form(stores: Stores) -> None:
    mapping = {"label": "is_fraud", "time": "when", "entity": "one", "ignore": ["card"]}
    header, *rows = file(n=300).decode().splitlines()
    one_card = "\n".join([f"{header},one", *(f"{row},c1" for row in rows), ""]).encode()
    done = run(stores, one_card, mapping, keep_known=False)
    assert done.state == "failed"
    assert done.message.endswith("tick “Keep cards and wallets with known fraud in the test”")
    assert "--" not in done.message


def test_the_good_file_is_trained_on_and_compared_where_the_champion_can_be(stores: Stores) -> None:
    old = champion(stores, shuffled())
    done = run(stores, WHOLE, PARTS)
    assert done.state == "done"
    assert done.comparison is not None
    assert done.comparison["verdict"] == "not compared"
    assert f"the file lacks 2 of the 3 features of model {old} (first: new_device)" in done.comparison["reason"]


def test_a_better_model_of_a_file_is_promoted_when_that_was_asked_for(stores: Stores) -> None:
    mapping = {"label": "is_fraud", "time": "when", "entity": "card", "amount": "price", "ignore": ["shop"]}
    first = run(stores, file(n=1500, turned=True), mapping, promote="always")
    assert registry.champion(stores.live, stores.database) == first.version
    second = run(stores, file(n=1500), mapping, promote="better", delay_days=1.0)
    assert second.comparison is not None
    assert (second.comparison["verdict"], second.comparison["champion_version"]) == ("better", first.version)
    assert registry.champion(stores.live, stores.database) == second.version != first.version
    worse = run(stores, file(n=1500, turned=True, seed=4), mapping, promote="better", delay_days=1.0)
    assert worse.state == "refused"
    assert registry.champion(stores.live, stores.database) == second.version


def test_a_champion_of_another_kind_of_column_is_not_judged(stores: Stores) -> None:
    mapping = {"label": "is_fraud", "time": "when"}
    run(stores, file(n=900), {**mapping, "categorical": ["price"], "ignore": ["card"]}, promote="always")
    done = run(stores, file(n=900, seed=2), {**mapping, "ignore": ["card"]})
    assert done.comparison is not None
    assert "first: price" in done.comparison["reason"]


def test_a_champion_that_knows_no_word_of_a_column_is_not_judged(stores: Stores) -> None:
    mapping = {"label": "is_fraud", "time": "when", "ignore": ["card"]}
    run(stores, file(n=900), mapping, promote="always")
    header, *lines = file(n=900, seed=2).decode().splitlines()
    place = header.split(",").index("shop")
    rows = [line.split(",") for line in lines]
    other = [",".join([*row[:place], f"Nr. {row[place]}", *row[place + 1 :]]) for row in rows]
    done = run(stores, "\n".join([header, *other, ""]).encode(), mapping, promote="better")
    assert done.comparison is not None
    assert done.comparison["verdict"] == "not compared"
    assert "column 'shop': none of its categories was learnt" in done.comparison["reason"]


def test_a_file_that_went_before_its_run_is_said(stores: Stores) -> None:
    number = ask(stores, keep(stores, WHOLE), PARTS)
    with stores.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM uploads")
    assert train_once(stores, time.time())
    done = training_runs.one(stores.database, number)
    assert done is not None
    assert (done.state, "upload it again" in done.message) == ("failed", True)


def test_the_same_file_and_mapping_give_the_same_model_as_the_command_line(stores: Stores, tmp_path: Path) -> None:
    done = run(stores, WHOLE, PARTS, note="n")
    path = tmp_path / "data.csv"
    path.write_bytes(WHOLE)
    artefact = training.train(
        tables.load(path, Mapping(**PARTS)), quick(), note="n", protocol=Protocol(drop_known=False)  # type: ignore[arg-type]
    )  # fmt: skip
    assert done.version is not None
    kept = registry.load(stores.database, done.version)
    assert kept.artefact == artefact.model
    assert kept.fingerprint == artefact.fingerprint


def test_a_look_at_a_bomb_is_refused_not_unpacked(stores: Stores, settings: Settings) -> None:
    small = msgspec.structs.replace(settings.config.uploads, unpacked_bytes=100_000)
    config = msgspec.structs.replace(settings.config, uploads=small)
    number = keep(stores, gzip.compress(b"a,fraud\n" + b"1,0\n" * 100_000))
    work(stores, _with(settings, config), time.time())
    one = uploads.one(stores.database, number)
    assert one is not None
    assert (one.state, "more than 100,000 bytes when unpacked" in one.message) == ("refused", True)


def _with(settings: Settings, config: Any) -> Settings:
    return dataclasses.replace(settings, config=config)
