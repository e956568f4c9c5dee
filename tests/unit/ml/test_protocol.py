"""The options that say which rows judge, and what the command prints of them."""

import argparse
import dataclasses

import numpy as np
import pytest

from core.errors import BadInput
from ml.card import html
from ml.commands import protocol
from ml.data.column_errors import OPTIONS, worded
from ml.data.split import DAY, Protocol
from ml.train import training
from tests.unit.ml.examples import config, table


def given(*words: str) -> Protocol:
    parser = argparse.ArgumentParser()
    protocol.add(parser)
    return protocol.of(parser.parse_args(words))


def test_what_is_given_is_the_protocol() -> None:
    assert given() == Protocol(assumed=True)
    found = given("--delay-days", "7", "--test-from", "2026-01-31", "--test-days", "7", "--folds", "3", "--keep-known")
    assert found == Protocol(7.0, False, test_from=1769817600.0, test_days=7.0, folds=3)
    assert given("--shuffle", "--test-share", "0.3") == Protocol(shuffle=True, test_share=0.3, assumed=True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--test-share", "1"], "--test-share: must lie between 0 and 1"),
        (["--test-share", "nan"], "between 0 and 1"),
        (["--test-share", "0.2", "--test-days", "3"], "not both"),
        (["--test-days", "0"], "--test-days: must be a number of days above 0"),
        (["--delay-days", "-1"], "--delay-days: must be"),
        (["--delay-days", "nan"], "--delay-days: must be"),
        (["--folds", "0"], "--folds: must be between"),
        (["--test-from", "soon"], "--test-from: 'soon' is not ISO 8601"),
    ],
)
def test_what_makes_no_sense_is_named(words: list[str], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        given(*words)


def test_the_split_speaks_of_the_options() -> None:
    assert str(worded(BadInput("delay", "a"), OPTIONS)) == "--delay-days: a"
    assert str(worded(BadInput("test", "a"), OPTIONS)) == "--test-from, --test-days: a"
    assert str(worded(BadInput("file", "a"), OPTIONS)) == "file: a"


def test_the_command_says_what_was_removed_and_left() -> None:
    whole = dataclasses.replace(table(), times=1.7e9 + np.arange(3000) * DAY / 50, entities=np.arange(3000) % 700)
    card = training.train(whole, config(), protocol=Protocol(test_days=10, folds=3)).card
    said = "\n".join(protocol.said(card))
    split = card["split"]
    assert split["frauds_of_known_entities"] > 0
    assert f"removed from the test: {split['rows_of_known_entities']} rows, {split['frauds_of_known_entities']}" in said
    assert f"left {split['test_rows']} rows, {split['test_frauds']} frauds" in said
    assert said.count("window 20") == 3
    assert [row["test_from"] for row in card["folds"]] == sorted(row["test_from"] for row in card["folds"])
    assert card["folds"][-1]["auc_roc"] == card["measures"]["auc_roc"]
    assert "Windows, oldest first" in html.page(card)


def test_a_shuffled_test_warns() -> None:
    card = training.train(table(), config(), protocol=Protocol(shuffle=True)).card
    assert any("a random sample" in warning for warning in card["warnings"])
    assert card["split"]["test"].startswith("random, ")
