"""Where real sample files are: the folder that GATEHOUSE_SAMPLE_DATA names; without it those tests are skipped."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from core import codec
from core.clock import now
from core.events import types as events
from core.policy import Policy
from simulator.replayer import Parsed, readers, shift_to


def sample(path: str) -> Path:
    """A sample file; skips the test when it is not there."""
    found = Path(os.environ.get("GATEHOUSE_SAMPLE_DATA", "/nonexistent")) / path
    if not found.exists():
        pytest.skip("GATEHOUSE_SAMPLE_DATA does not lead to the sample files")
    return found


def options(kind: str, *arguments: str) -> Namespace:
    """Options of a reader as the command line gives them."""
    parser = ArgumentParser()
    readers()[kind].options(parser)
    return parser.parse_args(arguments)


def check_taken(parsed: Parsed) -> None:
    """The product takes every event that the reader made, once it has time and key."""
    items = shift_to(parsed.items, now())
    sent = [
        {
            **item.event,
            "id": str(item.line),
            "timestamp": item.when,
            **({"transaction_id": str(item.line)} if item.event["kind"] == "transaction" else {}),
        }
        for item in items
    ]
    good, bad = events.parse(
        codec.encode(sent), now(), Policy(1, "normal", 0.6, 0.4, 0.7), sender="token:t", most=len(sent)
    )
    assert not bad
    assert len(good) == len(sent)
