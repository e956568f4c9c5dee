"""What a page of the shell shows: its content as data, its words, and the values of its properties."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient

from core import codec


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
