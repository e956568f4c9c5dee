"""The options of `python -m ml train` that say which rows judge, and what the command prints about them."""

import argparse
from collections.abc import Iterator
from typing import Any

from core import clock
from core.errors import BadInput
from ml.data.split import Protocol

ASSUMED = (
    "--entity without --delay-days: assuming 0, so an entity counts as known from the day after its first fraud; set "
    "the label delay, such as --delay-days 7"
)


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.add_argument("--delay-days", type=float, help="label delay in days: rows within it are not used")
    parser.add_argument("--keep-known", action="store_true", help="keep entities with known fraud in the test")
    parser.add_argument("--test-from", metavar="TIME", help="test on rows from this time on (ISO 8601, UTC)")
    parser.add_argument(
        "--test-days", type=float, metavar="N", help="test on the newest N days, or N days from --test-from"
    )
    parser.add_argument("--test-share", type=float, metavar="SHARE", help="test on the newest share of the rows")
    parser.add_argument("--folds", type=int, default=1, metavar="N", help="test on N such windows, one after the other")
    parser.add_argument("--shuffle", action="store_true", help="random test rows (adds a warning to the card)")


def of(arguments: argparse.Namespace) -> Protocol:
    """The protocol. Raises BadInput for options that say nothing together."""
    share, days, delay = arguments.test_share, arguments.test_days, arguments.delay_days
    if share is not None and not 0 < share < 1:
        raise BadInput("--test-share", "must lie between 0 and 1")
    if share is not None and (days is not None or arguments.test_from):
        raise BadInput("--test-share", "set the test as a share of the rows or as days, not both")
    if days is not None and not 0 < days < 36_500:
        raise BadInput("--test-days", "must be a number of days above 0")
    if delay is not None and not 0 <= delay < 36_500:
        raise BadInput("--delay-days", "must be a number of days, 0 or more")
    if not 1 <= arguments.folds <= 50:
        raise BadInput("--folds", "must be between 1 and 50")
    begin = None
    if arguments.test_from:
        try:
            begin = clock.moment(arguments.test_from).timestamp()
        except ValueError:
            raise BadInput("--test-from", f"{arguments.test_from[:40]!r} is not ISO 8601, such as 2026-01-31") from None
    return Protocol(
        delay_days=delay or 0.0,
        drop_known=not arguments.keep_known,
        test_from=begin,
        test_days=days,
        test_share=share,
        folds=arguments.folds,
        shuffle=arguments.shuffle,
        assumed=delay is None,
    )


def said(card: dict[str, Any]) -> Iterator[str]:
    """What the command prints: the test, what left it, and each window."""
    split = card["split"]
    yield (
        f"test: {split['test']}: {split['test_rows']:,} rows, {split['test_frauds']:,} frauds; trained on "
        f"{split['train_rows']:,} rows, {split['train_frauds']:,} frauds"
    )
    if split["rows_of_known_entities"]:
        yield (
            f"known entities removed from the test: {split['rows_of_known_entities']:,} rows, "
            f"{split['frauds_of_known_entities']:,} frauds; left {split['test_rows']:,} rows, "
            f"{split['test_frauds']:,} frauds"
        )
    for row in card["folds"]:
        yield (
            f"window {row['test_from']} to {row['test_to']}: {row['frauds']:,} frauds, AUC ROC {row['auc_roc']:.4f}, "
            f"average precision {row['average_precision']:.4f}"
        )
