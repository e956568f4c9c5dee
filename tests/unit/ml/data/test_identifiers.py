"""Ids, clocks and counters are not learnt as numbers, unless somebody names them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.tabular.sheet import Sheet
from ml.data import identifiers, table
from ml.data.table import Mapping

COUNT = 300
RNG = np.random.default_rng(8)
START = datetime(2026, 1, 1, tzinfo=UTC)


def at(i: int) -> datetime:
    return START + timedelta(hours=i)


def read(name: str, values: list[object], **more: object) -> table.Table:
    words = [str(value) for value in values]
    columns = {
        "when": [at(i).isoformat() for i in range(COUNT)],
        name: words,
        "x": [f"{v:.3f}" for v in np.random.default_rng(1).normal(size=COUNT)],
        "y": [str(i % 7 // 6) for i in range(COUNT)],
    }
    mapping = Mapping("y", time="when", **more)
    return identifiers.without(table.of(Sheet("f", columns, range(2, COUNT + 2), "f"), mapping), mapping)


SEVERAL = RNG.integers(1000, 1100, COUNT).tolist()


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        *[
            (name, SEVERAL, "is an id")
            for name in ("merchant_id", "userId", "CUSTOMER_ID", "txid", "id", "card_number", "account no", "device-id")
        ],
        ("pan", RNG.integers(4 * 10**15, 5 * 10**15, COUNT).tolist(), "is an id"),
        ("seen", [int(at(i).timestamp()) - int(RNG.integers(0, 10**6)) for i in range(COUNT)], "is a clock"),
        ("seen", [int(at(i).timestamp() * 1000) for i in RNG.permutation(COUNT).tolist()], "is a clock"),
        ("step", [i // 12 for i in range(COUNT)], "is a clock or a counter"),
        ("block", [90_000_000 - 3 * i - i % 3 for i in range(COUNT)], "is a clock or a counter"),
        ("n", RNG.permutation(COUNT).tolist(), "only numbers the rows"),
        ("day", [at(i).date().isoformat() for i in range(COUNT)], "holds times"),
        ("day", [f"{at(i):%d/%m/%Y}" for i in range(COUNT)], "holds times"),
    ],
)
def test_it_is_left_out_and_said(name: str, values: list[object], words: str) -> None:
    found = read(name, values)
    assert [feature.name for feature in found.features] == ["x"]
    assert found.rows.shape == (COUNT, 1)
    (reason,) = [one for one in found.left_out if repr(name) in one]
    assert words in reason


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("amount_paid", RNG.integers(1, 500, COUNT).tolist()),
        ("grid", SEVERAL),
        ("valid", [i % 2 for i in range(COUNT)]),
        ("device_accounts", SEVERAL),
        ("plan_id", [i % 5 for i in range(COUNT)]),
        ("number_of_items", RNG.integers(1, 60, COUNT).tolist()),
        ("balance", [100 + i for i in range(COUNT)]),
        ("score", [f"{i + 60 * v:.3f}" for i, v in enumerate(RNG.normal(size=COUNT))]),
        ("wallet_age", list(range(COUNT))),
        ("word", [f"w{i % 9}" for i in range(COUNT)]),
    ],
)
def test_honest_columns_stay(name: str, values: list[object]) -> None:
    assert [feature.name for feature in read(name, values).features] == [name, "x"]


def test_whoever_names_one_gets_it() -> None:
    assert read("merchant_id", SEVERAL, features=("merchant_id", "x")).features[0].kind == "number"
    assert read("merchant_id", SEVERAL, categorical=("merchant_id",)).features[0].kind == "category"


def test_left_out_tells_the_truth() -> None:
    asked = read("other", SEVERAL, ignore=("other",)).left_out
    assert "column 'other': excluded on request" in asked
    assert "every column that was not named as a feature" in read("other", SEVERAL, features=("x",)).left_out
    (said,) = read("transaction_id", [f"t{i}" for i in range(COUNT)]).left_out
    assert said == "column 'transaction_id': it names the transaction"
    (said,) = read("paid_at", [f"{at(i)}" for i in range(COUNT)]).left_out
    assert said == "column 'paid_at': 300 different times in 300 rows"


def test_a_table_of_nothing_else_keeps_it_and_warns() -> None:
    mapping = Mapping("y")
    columns = {"merchant_id": [str(v) for v in SEVERAL], "y": [str(i % 7 // 6) for i in range(COUNT)]}
    found = identifiers.without(table.of(Sheet("f", columns, range(2, COUNT + 2), "f"), mapping), mapping)
    assert [feature.name for feature in found.features] == ["merchant_id"]
    assert "is an id" in found.notes[-1]
