"""How large the features of a prediction and the document of a security event may be. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from msgspec import Struct

from core import codec
from core.config import LimitsConfig
from core.errors import BadInput


class Shape(Struct, frozen=True):
    """How large features and documents may be; `limits.toml` has the words."""

    features: int = 1000
    name: int = 100
    word: int = 200
    document_bytes: int = 65_536
    members: int = 2_000
    depth: int = 20

    @classmethod
    def of(cls, config: LimitsConfig) -> Self:
        """Those of `limits.toml`."""
        features = config.max_features, config.max_feature_name, config.max_feature_word
        return cls(*features, config.max_document_bytes, config.max_document_members, config.max_document_depth)

    def check_features(self, given: Mapping[str, Any] | Sequence[Any] | None, field: str) -> None:
        """Raises BadInput when there are too many features, or a name or a word is too long."""
        if given is None:
            return
        if len(given) > self.features:
            raise BadInput(field, f"{len(given):,} features; at most {self.features:,} are accepted (max_features)")
        if not isinstance(given, Mapping):
            return
        for name, value in given.items():
            if len(name) > self.name:
                raise BadInput(
                    field, f"the name {name[:40]!r}… has {len(name)} characters; at most {self.name} are accepted"
                )
            if isinstance(value, str) and len(value) > self.word:
                raise BadInput(f"{field}.{name}", f"has {len(value)} characters; at most {self.word} are accepted")

    def check_document(self, document: dict[str, Any]) -> None:
        """Raises BadInput for a document that is too large, too deep, or that PostgreSQL cannot store."""
        depth, members = 0, 0
        level: list[Any] = [document]
        while level:  # a level at a time: whatever is within one another costs no stack
            depth, members = depth + 1, members + sum(map(len, level))
            if depth > self.depth:
                raise BadInput("$.document", f"objects are nested too deeply; at most {self.depth} levels are accepted")
            if members > self.members:
                raise BadInput("$.document", f"more than {self.members:,} names and items, the limit")
            inner = (one for held in level for one in (held.values() if isinstance(held, dict) else held))
            level = [one for one in inner if isinstance(one, (dict, list))]
        try:
            written = codec.encode(document)
        except TypeError as error:  # integers beyond 64 bits, or objects within objects without end
            raise BadInput("$.document", f"cannot be stored: {str(error).lower()}") from None
        if b"\\u0000" in written:
            raise BadInput("$.document", "contains a NUL character")
        if len(written) > self.document_bytes:
            raise BadInput(
                "$.document", f"{len(written):,} bytes as JSON; at most {self.document_bytes:,} are accepted"
            )
