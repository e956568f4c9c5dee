"""One form for text that can be written in two: NFC, in which é is one character and not an e with an accent after it.

macOS and many a database write NFD; both look the same, and a model, a search and a join would take them for two words.
So whatever comes from outside is put into NFC where it comes in: files, JSON bodies, queries and paths. Pure.
"""

import re
import unicodedata
from typing import TypeVar

T = TypeVar("T")
_JAMO = range(0x1160, 0x1200)  # vowels and finals of Hangul compose though they are no combining marks
_ESCAPED = re.compile(rb"(?<!\\)((?:\\\\)*)\\u([0-9a-fA-F]{4})")
_SURROGATES = range(0xD800, 0xE000)
_PLAIN = 0x20  # characters below must stay escaped in JSON; so must a quote and a backslash
_MUST = frozenset(b'"\\')


def text(value: str) -> str:
    """A text in NFC."""
    return value if value.isascii() or unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)


def every(value: T) -> T:
    """Texts in NFC, by themselves or in a tuple or list; anything else as it is."""
    if isinstance(value, str):
        return text(value)  # type: ignore[return-value]
    return type(value)(map(every, value)) if type(value) in (tuple, list) else value  # type: ignore


def json(body: bytes) -> bytes:
    """A JSON document with its texts in NFC, as it is when they are, or when it is no UTF-8 (its decoder says so).

    Escapes are written out only where one of them may compose with what stands before it.
    """
    escaped = b"\\u" in body
    if body.isascii() and not escaped:
        return body
    if escaped and any(_composes(int(code, 16)) for _, code in _ESCAPED.findall(body)):
        body = _ESCAPED.sub(_written, body)
    try:
        return text(body.decode()).encode()
    except UnicodeError:
        return body


def _composes(code: int) -> bool:
    return code not in _SURROGATES and (unicodedata.combining(chr(code)) > 0 or code in _JAMO)


def _written(found: re.Match[bytes]) -> bytes:
    code = int(found[2], 16)
    if code in _SURROGATES or code < _PLAIN or code in _MUST or 0x7F <= code < 0xA0:
        return found[0]
    return found[1] + chr(code).encode()
