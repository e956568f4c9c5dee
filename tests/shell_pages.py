"""What a page of the shell shows and would send, read from the components that its address answers with."""

import re
from collections.abc import Iterator
from typing import Any

from core import codec

FIRST = re.compile(r'<script type="application/json" id="first">(.*?)</script>', re.S)


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
