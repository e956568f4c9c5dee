"""The model card: complete, JSON, and a page that holds what it says and nothing that runs."""

import dataclasses
import json

import numpy as np
import pytest

from core import codec
from ml.card import html
from ml.data.split import DAY, Protocol
from ml.train import training
from tests.unit.ml.examples import config, table


def made(**changed: object) -> dict[str, object]:
    whole = table()
    known = dataclasses.replace(
        whole,
        times=1.7e9 + np.arange(3000) * 1800.0,
        entities=np.arange(3000) % 200,
        amounts=np.full(3000, 20.0),
        **changed,
    )
    artefact = training.train(known, config(), protocol=Protocol(delay_days=2, drop_known=False), note="<b>mine</b>")
    return json.loads(codec.encode(artefact.card))


def test_it_says_what_was_judged_and_how() -> None:
    card = made()
    assert card["split"]["rows_within_delay"] == 2 * DAY / 1800
    assert card["split"]["train_rows"] + card["split"]["test_rows"] + card["split"]["rows_within_delay"] == 3000
    assert card["measures"]["auc_roc"] > 0.9
    assert [row["k"] for row in card["card_precision"]] == config().top_k
    assert sum(row["share"] for row in card["importance"]) == pytest.approx(1)
    assert card["importance"][0]["feature"] == "speed"
    assert card["model"]["base_score"] == 0.5
    assert card["data"]["fingerprint"] == "test"
    assert card["costs"]["missed"] == "the amount"
    assert card["warnings"] == []


def test_it_warns_of_a_column_that_tells_the_label() -> None:
    whole = table()
    rows = whole.rows.copy()
    rows[:, 2] = whole.labels
    card = made(rows=rows)
    assert any("'age' separates the classes on its own" in warning for warning in card["warnings"])


def test_it_warns_without_times_and_with_few_frauds() -> None:
    card = training.train(table(120), config()).card
    assert any("have no time column" in warning for warning in card["warnings"])
    assert any("frauds: every figure below is a rough estimate" in warning for warning in card["warnings"])
    assert card["card_precision"] == []


def test_the_page_holds_it_and_runs_nothing() -> None:
    page = html.page(made())
    assert "&lt;b&gt;mine&lt;/b&gt;" in page
    assert "<script" not in page
    assert "http" not in page
    assert page.count("<figure>") == 5
    assert "e+09" not in page, "times are written as such"
    for words in ("Average precision", "Card precision at k", "speed", "Calibration"):
        assert words in page


def test_its_charts_have_numbers_and_words_on_their_axes() -> None:
    page = html.page(made())
    for words in (">50 %</text>", ">0.50</text>", "recall: share of frauds found", "false alarms", "cost, USD"):
        assert words in page
    for short in (">fpr<", ">tpr<", ">tp<", ">fn<"):
        assert short not in page


def test_costs_fit_beside_their_axis() -> None:
    assert [html._short(one) for one in (754.2, 9_999.0, 12_345.0, 1_234_567.0)] == ["754", "9,999", "12k", "1.2M"]


def test_progress_goes_from_nothing_to_the_end() -> None:
    heard: list[tuple[float, str]] = []
    training.train(table(), config(), "ensemble", tell=lambda share, what: heard.append((share, what)))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] > 0.9
    rounds = config().boosted.rounds
    assert any(f"boosting, round {rounds} of {rounds}" in what for _, what in heard)
