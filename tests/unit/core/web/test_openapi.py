"""The OpenAPI document says of every route what it takes and answers."""

from pathlib import Path
from typing import get_args

import jsonschema_rs
import pytest

from api.app import create_app
from core import settings
from core.monitoring import resources
from core.web.openapi import document, operations


@pytest.fixture
def app(tmp_path: Path):
    return create_app(
        settings.load(
            {
                "DATABASE_URL": "postgresql://127.0.0.1:9/x",
                "REDIS_URL": "redis://127.0.0.1:9",
                "GATEHOUSE_DATA": str(tmp_path),
            }
        )
    )


def test_every_route_is_documented(app) -> None:
    assert [path for path, _, operation in operations(app) if operation is None] == []


def test_references_resolve_and_schemas_are_valid(app) -> None:
    made = document(app, "T", "1", "D")
    schemas = made["components"]["schemas"]
    assert made["openapi"] == "3.1.0"

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                assert value["$ref"].rsplit("/", 1)[1] in schemas
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(made)
    for schema in schemas.values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    operation = made["paths"]["/api/monitoring/snapshot"]["get"]
    assert {one["name"] for one in operation["parameters"]} == {"range", "from", "to", "parts", "since"}
    assert made["paths"]["/api/v1/transactions/{transaction_id}"]["get"]["parameters"][0]["in"] == "path"


def test_every_resource_is_documented_with_all_its_fields(app) -> None:
    """By itself and in the snapshot, each as the type that the console decodes."""
    made = document(app, "T", "1", "D")
    schemas = made["components"]["schemas"]

    def kind_of(schema: dict) -> dict:
        while True:
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
            elif schema.get("type") == "array":
                schema = schema["items"]
            else:
                return schema

    snapshot = answer(made, "snapshot")
    in_snapshot = kind_of(kind_of(snapshot)["properties"]["parts"])["properties"]
    assert set(in_snapshot) == set(resources())
    for name, kind in resources().items():
        item = get_args(kind)[0] if get_args(kind) else kind
        for found in (kind_of(answer(made, name)), kind_of(kind_of(in_snapshot[name])["properties"]["data"])):
            assert set(found["properties"]) == set(item.__struct_encode_fields__)
            assert found["description"]


def answer(made: dict, name: str) -> dict:
    """The schema of a 200 answer of the monitoring API."""
    responses = made["paths"][f"/api/monitoring/{name}"]["get"]["responses"]
    return responses["200"]["content"]["application/json"]["schema"]
