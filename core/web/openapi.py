"""The OpenAPI 3.1 document of an application, made from its routes and the types its views are documented with."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from flask import Flask

from core.web.problems import Problem
from core.web.raw_problem import CONTENT_TYPE

V = TypeVar("V", bound=Callable[..., Any])
_PARAMETER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_REFERENCE = "#/components/schemas/{name}"
_SCHEME = "An API token (`gate_…`). Each operation names the scope it needs in `x-scope`."
INTERNAL = "internal"  # the tag of routes between our own processes, which the document leaves out
_HIDDEN_METHODS = {"HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Operation:
    """What a view says of itself: types of its query, body (a tuple: any of them), answers (None: no body).

    `scope` is what a caller's token must open; without one the route is closed (`core.web.tokens`).
    """

    summary: str
    tag: str
    query: type | None = None
    body: Any = None
    answers: dict[int, Any] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    content_type: str = "application/json"
    description: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    scope: str = ""
    consumes: str = "application/json"


def documented(
    summary: str,
    *,
    tag: str,
    query: type | None = None,
    body: Any = None,
    answers: dict[int, Any] | None = None,
    problems: tuple[int, ...] = (),
    content_type: str = "application/json",
    description: str = "",
    headers: dict[str, str] | None = None,
    scope: str = "",
    consumes: str = "application/json",
) -> Callable[[V], V]:
    """Document a view. `headers` are request headers: name → what it is for. `scope`: who may call it.

    `consumes` is the type of the request's body.
    """
    operation = Operation(
        summary, tag, query, body, answers or {}, problems, content_type, description, headers or {}, scope, consumes
    )

    def mark(view: V) -> V:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return mark


def operations(app: Flask) -> list[tuple[str, str, Operation | None]]:
    """Every route as (path with {parameters}, method, its operation or None when it is undocumented)."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - _HIDDEN_METHODS):
            found.append((rule.rule, method, getattr(view, "operation", None)))
    return sorted(found, key=lambda item: item[:2])


def document(app: Flask, title: str, version: str, description: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every documented route."""
    found = operations(app)
    known = [(path, method, one) for path, method, one in found if one is not None and one.tag != INTERNAL]
    types = _types([operation for _, _, operation in known])
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=_REFERENCE)
    schema_of = dict(zip(map(_key, [*types, Problem]), schemas, strict=True))
    paths: dict[str, Any] = {}
    for rule, method, operation in known:
        path = _PARAMETER.sub(r"{\2}", rule)
        paths.setdefault(path, {})[method.lower()] = _operation(rule, method, operation, schema_of, components)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": title, "version": version, "description": description},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _SCHEME}},
        },
    }


def _types(known: list[Operation]) -> list[Any]:
    found: dict[str, Any] = {}
    for operation in known:
        for kind in (operation.query, *_bodies(operation), *operation.answers.values()):
            if kind is not None:
                found.setdefault(_key(kind), kind)
    return list(found.values())


def _key(kind: Any) -> str:
    return f"{getattr(kind, '__module__', '')}:{kind!r}"


def _operation(
    rule: str, method: str, operation: Operation, schema_of: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0} if converter == "int" else {"type": "string", "minLength": 1},
        }
        for converter, name in _PARAMETER.findall(rule)
    ]
    parameters += [
        {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in operation.headers.items()
    ]
    if operation.query is not None:
        schema = components[schema_of[_key(operation.query)]["$ref"].rsplit("/", 1)[1]]
        required = schema.get("required", [])
        parameters += [
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "schema": shape,
                **({"description": shape["description"]} if "description" in shape else {}),
            }
            for name, shape in schema["properties"].items()
        ]
    responses: dict[str, Any] = {}
    for status, kind in operation.answers.items():
        content = {operation.content_type: {"schema": schema_of[_key(kind)]}} if kind is not None else None
        responses[str(status)] = {"description": _meaning(status), **({"content": content} if content else {})}
    closed = {401, 403} if operation.scope != "open" else set()
    for status in sorted({400, 405, 429, 500, 503, *closed, *operation.problems}):
        responses.setdefault(
            str(status),
            {"description": _meaning(status), "content": {CONTENT_TYPE: {"schema": schema_of[_key(Problem)]}}},
        )
    found: dict[str, Any] = {
        "operationId": f"{method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', rule).rstrip('_')}",
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": responses,
    }
    if closed:
        found |= {"security": [{"token": []}], "x-scope": operation.scope}
    if operation.description:
        found["description"] = operation.description
    if parameters:
        found["parameters"] = parameters
    if bodies := [schema_of[_key(kind)] for kind in _bodies(operation)]:
        schema = bodies[0] if len(bodies) == 1 else {"anyOf": bodies}
        found["requestBody"] = {"required": True, "content": {operation.consumes: {"schema": schema}}}
    return found


def _bodies(operation: Operation) -> tuple[Any, ...]:
    body = operation.body
    return body if isinstance(body, tuple) else () if body is None else (body,)


def _meaning(status: int) -> str:
    return {
        200: "Success",
        202: "Accepted",
        304: "Not modified",
        400: "Invalid input",
        401: "Missing or invalid token",
        403: "The token lacks the scope",
        404: "Not found",
        405: "Method not allowed",
        409: "Conflict",
        413: "Body too large",
        415: "Unsupported media type",
        422: "Unprocessable input",
        429: "Too many requests",
        500: "Internal server error",
        502: "A dependency failed",
        503: "A dependency is unavailable",
    }.get(status, "Answer")
