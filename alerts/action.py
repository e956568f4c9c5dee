"""The contract of a kind of action: a module of `alerts/actions/` with KIND, Parameters, apply and revert.

`apply(context, run) -> Outcome` and `revert(context, run) -> Outcome`; what reaches outside sets absolute values.
"""

from typing import Any, Literal, NamedTuple

from msgspec import Struct


class Outcome(NamedTuple):
    """What was done: the state before and after, JSON-able, and a sentence for the timeline."""

    message: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}


class Named(Struct, frozen=True):
    """As much of an `[[action]]` table as the evaluator needs: its name and how it may be carried out."""

    name: str
    mode: Literal["suggest", "auto"] = "suggest"


class ActionNames(Struct, frozen=True):
    """`actions.toml` as the evaluator reads it."""

    action: list[Named] = []
