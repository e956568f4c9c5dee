"""What a scoring request calls things: names that nothing knows are said in the answer, counted, or refused."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.input_names import Unknown, Unprocessable, given, given_each, spelled_out, unknown
from core.nearest import Known
from core.web.body import refused
from core.web.input_names import InputNames
from ml.serve.schemas import Score, ScoreMany, StrictScore, StrictScoreMany
from ml.serve.scoring import Scorer

ANONYMOUS = "anonymous"
_one, _many = msgspec.json.Decoder(Score), msgspec.json.Decoder(ScoreMany)
_strict_one, _strict_many = msgspec.json.Decoder(StrictScore), msgspec.json.Decoder(StrictScoreMany)
_FIELDS = Known(Score.__struct_fields__)
_FIELDS_OF_MANY = Known(ScoreMany.__struct_fields__)


class NameCheck:
    """Judges the names of each transaction; `counts` hears of them, `strict` makes every unknown one an error."""

    def __init__(self, counts: InputNames | None = None, strict: bool = False) -> None:
        self._counts = counts
        self._strict = strict

    def check(
        self,
        scorer: Scorer,
        features: Mapping[str, Any],
        caller: str | None,
        fields: Sequence[Unknown] = (),
        place: str = "$",
    ) -> list[Unknown]:
        """The names that were not used. Raises Unprocessable when none of the features is one of the model's."""
        caller, known = caller or ANONYMOUS, scorer.encoder.known
        if self._counts:
            self._counts.requests(caller)
        if features.keys() == known.names and not fields:
            return []
        strange = scorer.encoder.unknown(features)
        found = unknown(strange, known, f"{place}.features") if strange else []
        if self._counts:
            self._count(self._counts, caller, known.names - features.keys(), found, len(strange), fields)
        if len(strange) == len(features):
            wanted = ", ".join(scorer.encoder.names[:10]) + (" …" if len(scorer.encoder.names) > 10 else "")
            said = f"; not known: {spelled_out(found)}" if found else ""
            reason = f"none of them is a feature of model {scorer.version}, which expects {wanted}{said}"
            raise Unprocessable(f"{place}.features", reason, found)
        told = [*fields, *found]
        if told and self._strict:
            raise Unprocessable(told[0].field, f"is not known: {spelled_out(told)}", told)
        return told

    @staticmethod
    def _count(
        counts: InputNames,
        caller: str,
        left_out: frozenset[str],
        found: list[Unknown],
        many: int,
        fields: Sequence[Unknown],
    ) -> None:
        if left_out:
            counts.missing(caller, left_out)
        if found:
            counts.unknown(caller, "feature", found, many)
        if fields:
            counts.unknown(caller, "field", fields)


def one(body: bytes) -> tuple[Score, list[Unknown]]:
    """The transaction of a body, and its fields that nothing knows. Raises BadInput."""
    try:
        return _strict_one.decode(body), []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _decoded(_one, body)
    return found, _unknown(given(body).keys(), _FIELDS, "$")


def many(body: bytes) -> tuple[Sequence[Score], dict[int, Sequence[Unknown]]]:
    """The transactions of a body, and by their number the fields that nothing knows. Raises BadInput."""
    try:
        return _strict_many.decode(body).transactions, {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _decoded(_many, body)
    whole = given(body)
    around = _unknown(whole.keys(), _FIELDS_OF_MANY, "$")
    fields: dict[int, Sequence[Unknown]] = {}
    for index, raw in enumerate(given_each(whole["transactions"])):
        told = _unknown(raw.keys(), _FIELDS, f"$.transactions[{index}]")
        if told or (around and not index):
            fields[index] = [*(around if not index else ()), *told]
    return found.transactions, fields


def _unknown(names: Any, known: Known, place: str) -> list[Unknown]:
    return unknown(names - known.names, known, place)


def _decoded(decoder: Any, body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except msgspec.DecodeError as error:
        raise refused(error) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise refused(msgspec.DecodeError("the body is not valid JSON text")) from error
