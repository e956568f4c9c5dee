"""What a page of the shell shows and would send: its HTML, its words, attributes and fields."""

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

from core import codec

FIRST = re.compile(r'<script type="application/json" id="first">(.*?)</script>', re.S)


class Reader(HTMLParser):
    """Reads HTML into its words, its attributes in order, the rows of its tables and the fields of its forms."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.lines: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tables: list[list[list[str]]] = []
        self.fields: dict[str, str] = {}
        self._cell = False
        self._select = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.attributes += known.items()
        self.lines += known.values()
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and "data-key" in known:
            self.tables[-1].append([known["data-key"]])
        elif tag == "td" and self.tables and self.tables[-1]:
            self._cell = True
            self.tables[-1][-1].append("")
        self._field(tag, known)

    def _field(self, tag: str, known: dict[str, str]) -> None:
        if tag == "select":
            self._select = known.get("name", "")
            self.fields.setdefault(self._select, "")
        elif tag == "option" and "selected" in known:
            self.fields[self._select] = known["value"]
        elif (
            tag in ("input", "textarea")
            and known.get("name")
            and (known.get("type") != "checkbox" or "checked" in known)
        ):
            self.fields[known["name"]] = known.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self.lines.append(data)
        if self._cell:
            self.tables[-1][-1][-1] += data


class Shown:
    """HTML as an address or an action answered with it. `in` asks for words that are read."""

    def __init__(self, content: str) -> None:
        self._read = Reader(content)
        self.text = "".join(self._read.words)

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def values(self, name: str) -> list[str]:
        """Every value of an attribute, in the order of the page."""
        return [value for key, value in self._read.attributes if key == name]

    @property
    def tables(self) -> list[list[list[str]]]:
        """The rows of every table that has any."""
        return [rows for rows in self._read.tables if rows]

    def rows(self, place: int = 0) -> list[list[str]]:
        """The rows of a table that has any: each its key and the words of its cells."""
        return self.tables[place]

    def all_rows(self) -> list[list[str]]:
        """The rows of all tables."""
        return [row for rows in self._read.tables for row in rows]

    def ids(self) -> list[str]:
        """The keys of the rows of the first table."""
        return [row[0] for row in self.rows()]


def shown(client: FlaskClient, address: str, status: int = 200) -> Shown:
    """The content of a page."""
    answer = client.get(address + ("&" if "?" in address else "?") + "fragment=1")
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Shown(codec.decode(answer.data)["content"])


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
    return Reader(document(answer)["content"]).fields


def texts(content: str) -> list[str]:
    """Every text in HTML, attributes too."""
    return Reader(content).lines
