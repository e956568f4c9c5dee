"""What a page of the shell shows and would send: its content as data, its words, properties and fields."""

import re
from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient

from core import codec

FIRST = re.compile(r'<script type="application/json" id="first">(.*?)</script>', re.S)


class Shown:
    """Components as an address or an action answered with them. `in` asks for words that are read."""

    def __init__(self, content: Any) -> None:
        self.content = content
        self.text = "".join(_words(content))

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def values(self, name: str) -> list[Any]:
        """Every value of a property or an attribute, in the order of the page."""
        return [props[name] for props in _props(self.content) if props.get(name) is not None]

    def rows(self, place: int = 0) -> list[list[Any]]:
        """The rows of a table: each its key and its cells."""
        rows: list[list[Any]] = codec.decode(self.values("data-table")[place].encode())["rows"]
        return rows

    def ids(self) -> list[str]:
        """The keys of the rows of the first table."""
        return [row[0] for row in self.rows()]


def shown(client: FlaskClient, address: str, status: int = 200) -> Shown:
    """The content of a page."""
    answer = client.get(address + ("&" if "?" in address else "?") + "fragment=1")
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Shown(codec.decode(answer.data)["content"])


def _props(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for one in node:
            yield from _props(one)
    elif isinstance(node, dict) and "props" in node:
        yield node["props"]
        yield from _props(node["props"].get("children"))


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for one in node:
            yield from _words(one)
    elif isinstance(node, dict) and "props" in node:
        table = node["props"].get("data-table")
        if table:
            yield _of_table(codec.decode(table.encode()))
        yield from _words(node["props"].get("children"))


def _of_table(table: dict[str, Any]) -> str:
    cells = [cell for row in table["rows"] for cell in row[1:]]
    flat = [part for cell in cells for part in (cell if isinstance(cell, list) else [cell])]
    return "\n".join([table["empty"], *(str(part) for part in flat if part is not None)])


def document(answer: Any) -> dict[str, Any]:
    """The page that an index or a fragment carries."""
    text = answer.get_data(as_text=True)
    found = FIRST.search(text)
    made: dict[str, Any] = codec.decode((found.group(1) if found else text).encode())
    return made


def seen(answer: Any, status: int = 200) -> str:
    """Every text of the page, those of its tables too, a line each; addresses and attributes are among them.

    What was refused is no page: then it is the answer itself.
    """
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    if status != 200:
        return str(answer.get_data(as_text=True))
    made = document(answer)
    return "\n".join([made["title"], *texts(made["content"])])


def fields(answer: Any) -> dict[str, str]:
    """What the forms of the page would send as they are."""
    return dict(_fields(document(answer)["content"]))


def texts(value: Any) -> Iterator[str]:
    """Every text in components, attributes too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts(codec.decode(one.encode()) if name == "data-table" else one)


def _fields(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _fields(one)
    if not isinstance(value, dict):
        return
    props = value.get("props", {})
    if value.get("type") == "Checkbox":
        if props.get("value"):
            yield props["name"], str(props["id"]).removeprefix(f"f-{props['name']}-")
    elif "name" in props:
        yield props["name"], str(props.get("value") or "")
    yield from _fields(props.get("children"))
    if "data-table" in props:
        spec, table = (codec.decode(props[f"data-{name}"].encode()) for name in ("spec", "table"))
        places = [at for at, column in enumerate(spec["columns"], 1) if column[2] == "choose"]
        for row in table["rows"]:
            yield from ((row[at][0], row[at][2]) for at in places)
