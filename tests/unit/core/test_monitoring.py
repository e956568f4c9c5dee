"""The contract of the monitoring API: every type is documented whole, and readers of other releases are tolerated."""

from typing import Any, get_args

import msgspec
import pytest

from core import codec
from core.errors import ConfigError
from core.monitoring import ResourceResult, declared_reads, decoded, rebuilt, received, resources, snapshot_type
from core.monitoring.limits import GlobalLimit, Limits
from tests.browser.fake_api import World, example

REFERENCE = "#/{name}"
FAKED = (
    "alerts", "changes", "drift", "fraud_feed", "fraud_scatter", "health", "kpis", "limits", "model", "security",
    "traffic",
)  # fmt: skip


def structs(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    """Every struct that `kind` is made of, by its name."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__name__ not in found:
        found[kind.__name__] = kind
        for field in msgspec.structs.fields(kind):
            structs(field.type, found)
    for inner in get_args(kind):
        structs(inner, found)
    return found


TYPES = {name: one for kind in resources().values() for name, one in structs(kind, {}).items()}


def test_names_of_types_are_their_own() -> None:
    every = [one for kind in resources().values() for one in structs(kind, {}).values()]
    assert len({one.__name__ for one in every}) == len(set(every))


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_frozen_and_says_what_its_fields_are(name: str) -> None:
    kind = TYPES[name]
    assert kind.__struct_config__.frozen
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{name}("), "a generated docstring says nothing"


@pytest.mark.parametrize("name", resources())
def test_every_field_is_in_the_schema_and_required(name: str) -> None:
    """A field without a default: an answer that lacks it is wrong, and a stand-in cannot leave it out."""
    _, components = msgspec.json.schema_components([resources()[name]], ref_template=REFERENCE)
    for kind in structs(resources()[name], {}).values():
        schema = components[kind.__name__]
        names = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert set(schema["properties"]) == set(schema["required"]) == names
        assert schema["description"]


@pytest.mark.parametrize("name", FAKED)
def test_the_stand_in_answers_what_the_type_allows_and_nothing_else(name: str) -> None:
    for mood in ("busy", "calm", "empty"):
        made = codec.encode(World(mood).made(name, 1.8e9 - 3600, 1.8e9))
        again = codec.encode(msgspec.json.decode(made, type=resources()[name]))
        assert codec.decode(again) == codec.decode(made)


def test_a_snapshot_is_decoded_resource_by_resource() -> None:
    asked = {"parts": "limits,drift", "range": "1h"}
    _, body = World("broken").snapshot(asked)
    snapshot = received(body)
    limits = decoded(snapshot.resources["limits"], Limits)
    assert isinstance(limits.data, Limits)
    drift = decoded(snapshot.resources["drift"], resources()["drift"])
    assert (drift.data, drift.error.title) == (msgspec.UNSET, "Drift cannot be computed")
    assert msgspec.json.decode(body, type=snapshot_type()).resources.limits.data == limits.data


def test_what_a_later_release_adds_is_ignored_and_what_is_missing_is_an_error() -> None:
    known = codec.decode(codec.encode(World("busy").resource("limits", 0, 3600)))
    assert rebuilt({**known, "more": [1], "global": {**known["global"], "burst": 9}}, Limits) == rebuilt(known, Limits)
    known.pop("near")
    with pytest.raises(msgspec.ValidationError, match="near"):
        decoded(ResourceResult(1, msgspec.Raw(codec.encode(known))), Limits)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"version": 1}', b'{"version":"x"}'])
def test_what_is_no_snapshot_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        received(body)


def test_a_struct_is_encoded_by_its_names_on_the_wire_without_what_is_unset() -> None:
    limits = Limits(everyone=GlobalLimit(used=1, limit=2, percent=50.0), near=[], blocked=[])
    assert codec.encode({"all": [ResourceResult(7, limits)]}) == (
        b'{"all":[{"version":7,"data":{"global":{"used":1,"limit":2,"percent":50.0},"near":[],"blocked":[]}}]}'
    )
    with pytest.raises(TypeError):
        codec.encode(object())


@pytest.mark.parametrize("name", resources())
def test_an_example_of_every_type_is_one(name: str) -> None:
    for length in (0, 3):
        made = example(resources()[name], length)
        assert rebuilt(made, resources()[name]) == made


def test_a_resource_that_names_its_query_says_how_often_it_is_read(tmp_path, monkeypatch) -> None:
    (tmp_path / "declaring").mkdir()
    (tmp_path / "declaring" / "__init__.py").write_text("")
    (tmp_path / "declaring" / "sold.py").write_text('"""Sold."""\nRESOURCE = list[int]\nQUERY = "a.b"\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("core.monitoring.__name__", "declaring")
    declared_reads.cache_clear()
    try:
        with pytest.raises(ConfigError, match=r"declaring\.sold has QUERY but no REFRESH"):
            declared_reads()
    finally:
        declared_reads.cache_clear()
