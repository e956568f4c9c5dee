"""The text of a file that somebody exported: UTF-8, UTF-16 with its mark, or windows-1252 where that makes sense.

Excel's plain "CSV" is windows-1252 in the West, and every sequence of bytes but five is some text in it. So it is only
taken where each letter and sign stands as the languages written in it put them, and the reader is told, with a word of
the file by which a person sees whether it was right. Cyrillic, Greek and Chinese show by runs of accented letters,
Polish by signs within words, damaged UTF-8 by what is left of it. Pure.
"""

import re
from typing import NamedTuple

from core import nfc
from core.errors import BadInput

WESTERN = "windows-1252"
_LEFT = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")  # a letter of UTF-8: then the file is that, and damaged
# Not those of Iceland alone: in their places Turkish has letters that every sentence needs.
_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüŒœŠšŽž"
_AFTER = "’”»…™®°ªº´·€"  # signs that may follow a letter
_BEFORE = "‘“„«¿¡’´·§©°"  # signs that a letter may follow
_ODD = (  # compiled where a file needs it: that takes 12 ms
    rf"[{_LETTERS}]{{3}}|\d[{_LETTERS}]|[{_LETTERS}]\d|[A-Za-z{_LETTERS}](?![{_LETTERS}{_AFTER}])[\x80-\uffff]"
    rf"|(?![{_LETTERS}{_BEFORE}])[\x80-\uffff][A-Za-z{_LETTERS}]|[ÿŸÐðÝýÞþ\x80-\x9f\xad¬¦¨¯¸¤¹×÷ˆ˜ƒ†‡‰‹›]"
)
_FOREIGN = re.compile(r"[\x80-\uffff]")
_SHOWN = 40  # letters of a word that a sentence shows


class NotText(Exception):
    """Bytes that are not what they are taken for: the `encoding`, the row (from 1) and the byte of the first."""

    def __init__(self, encoding: str, row: int, byte: int) -> None:
        self.encoding, self.row, self.byte = encoding, row, byte
        super().__init__(f"row {row} is not {encoding} at byte {byte}")


class Decoded(NamedTuple):
    """A text, and a sentence for the reader where its encoding was guessed (else "")."""

    text: str
    note: str = ""


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """The text of `content`, in NFC and without a mark; `encoding` where somebody said it.

    Raises NotText, and BadInput for an encoding that does not exist.
    """
    text, note = _decoded(content, encoding)
    return Decoded(nfc.text(text), note)


def _decoded(content: bytes, encoding: str | None) -> Decoded:
    if encoding is not None:
        return Decoded(_strictly(content, encoding).removeprefix("\ufeff"))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Decoded(_strictly(content, "utf-16"))
    try:
        return Decoded(_strictly(content, "utf-8-sig"))
    except NotText as error:
        text = _western(content)
        if text is None:
            raise NotText("utf-8", error.row, error.byte) from None
    seen = _FOREIGN.search(text)
    at = seen.start() if seen else 0
    word = _word(text, at) if seen else ""
    row = text.count("\n", 0, at) + 1
    return Decoded(
        text,
        f"The file is not UTF-8 and was read as {WESTERN}: row {row} has {word!r}. Where that is wrong, save it as "
        "CSV UTF-8.",
    )


def _word(text: str, at: int) -> str:
    """The word around a place, or as much of it as a sentence shows; a file may be one word."""
    first, last = at, at + 1
    while first > max(0, at - _SHOWN // 2) and _is_letter(text[first - 1]):
        first -= 1
    while last < min(len(text), first + _SHOWN) and _is_letter(text[last]):
        last += 1
    return text[first:last]


def _is_letter(char: str) -> bool:
    return char.isalnum() or char in "_’'-"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise BadInput("--encoding", f"there is no encoding {encoding[:40]!r}") from None
    except UnicodeDecodeError as error:
        raise NotText(encoding, content.count(b"\n", 0, error.start) + 1, error.start) from error
    except UnicodeError:  # as UTF-16 that was asked for and has no mark
        raise NotText(encoding, 1, 0) from None


def _western(content: bytes) -> str | None:
    """The text in windows-1252, None where it makes no sense as such."""
    if _LEFT.search(content) or b"\0" in content:
        return None
    try:
        text = content.decode(WESTERN)
    except UnicodeDecodeError:
        return None
    return None if re.search(_ODD, text) else text
