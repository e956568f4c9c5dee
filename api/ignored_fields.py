"""Fields of an event that no type has are dropped: the answer names them, or a setting refuses the event. Pure."""

from collections.abc import Callable
from typing import Any, get_args

import msgspec
from msgspec import Struct

from core.errors import BadInput
from core.events.service_binding import ANY_SERVICE, ServiceBinding
from core.events.types import Event, Prediction, Security, Sent
from core.input_names import LONGEST, MOST, Unknown, given, spelled_out, unknown
from core.nearest import Known

MOST_MODELS = 4  # that one body may ask for
# `sender` and `received_at` are the server's: what a body says of them is dropped too.
_FIELDS = {kind: Known({"kind", *kind.__struct_fields__} - {"sender", "received_at"}) for kind in get_args(Sent)}


class Ignored(Struct, frozen=True, omit_defaults=True):
    """A field that was not used in `count` events, first in that of number `index`; `nearest` is what may be meant."""

    field: str
    index: int
    count: int
    nearest: str | None = None


class FieldWatch:
    """Looks at each event of one body; `found` is all it met. `strict` refuses one with an unknown field.

    `features(version)` are the names of a registered model's features, None for a model that is not known. Reports for
    services beyond the `binding` are refused and counted.
    """

    def __init__(
        self,
        strict: bool = False,
        features: Callable[[int | None], Known | None] = lambda _: None,
        binding: ServiceBinding = ANY_SERVICE,
    ) -> None:
        self.found: list[Unknown] = []
        self.of_other_services = 0
        self._binding = binding
        self._strict = strict
        self._features = features
        self._models: dict[int | None, Known | None] = {}
        self._found: dict[tuple[str, str | None], tuple[int, int]] = {}

    def __call__(self, index: int, raw: msgspec.Raw, event: Event) -> None:
        """Note what is not used of an event. Raises BadInput where that is refused."""
        try:
            self._binding.check(event)
        except BadInput:
            self.of_other_services += 1
            raise
        names = given(raw).keys()
        known = _FIELDS[type(event)]
        found: list[Unknown] = []
        if not names <= known.names and not (isinstance(event, Security) and "@timestamp" in names):  # ECS keeps all
            found = unknown(names - known.names, known, "$")
        if isinstance(event, Prediction) and event.features:
            features = self._features_of(event.model_version)
            if features is not None and not event.features.keys() <= features.names:
                found += unknown(event.features.keys() - features.names, features, "$.features")
        self.found += found
        for one in found:
            first, count = self._found.get((one.field, one.nearest), (index, 0))
            self._found[one.field, one.nearest] = first, count + 1
        if found and self._strict:
            raise BadInput(found[0].field[:LONGEST], f"is not known: {spelled_out(found)}")

    def _features_of(self, version: int | None) -> Known | None:
        if version not in self._models and len(self._models) < MOST_MODELS:
            self._models[version] = self._features(version)
        return self._models.get(version)

    def ignored(self) -> list[dict[str, Any]]:
        """What was not used, most often first."""
        rows = sorted(self._found.items(), key=lambda item: (-item[1][1], item[1][0], item[0][0]))
        told = [Ignored(field, index, count, nearest) for (field, nearest), (index, count) in rows[:MOST]]
        return [msgspec.to_builtins(one) for one in told]
