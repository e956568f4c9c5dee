"""Text from outside: names, addresses, user agents, comments, everything that other people or programs wrote.

It must neither act nor deceive where it is shown: `visible` leaves no character that hides, reorders or moves text;
`inert` also leaves nothing that a mail reader, a phone or a chat turns into a link. Our own links are fields of
their own (`Notice.link`, `Notice.runbook`), never part of a text. Each function is idempotent.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, NewType

Inert = NewType("Inert", str)  # a text that `inert` made; what channels may print

# Joiners that scripts and emoji need; they reorder nothing.
_HARMLESS = "\u200c\u200d"
_NEEDED = "\n\r\t\u200e\u200f\u061c"
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_BLANK = re.compile(r"[\s\u115f\u1160\u3164\uffa0]+")
_DOT = r"[.\u3002\uff0e\uff61\u2024\ufe52]"
_SCHEME = re.compile(r"(?<=[A-Za-z0-9+\-.\uff21-\uff5a])([:\uff1a\ufe55])(?=[/\uff0f\\]{2})")
_BARE_SCHEME = re.compile(
    r"(?i)\b(mailto|tel|sms|smsto|callto|skype|slack|msteams|data|javascript|vbscript|file|blob|geo|facetime)([:\uff1a])(?=\S)"
)
_DOMAIN = re.compile(rf"(?<=[^\W_])(?:{_DOT})(?=[^\W\d_]{{2,}}(?![^\W_])|xn--)")
_ADDRESS = re.compile(r"(?<![\d.\]])((?:\d{1,3}\.){2}\d{1,3})\.(\d{1,3})(?=[:/]\S)")


# What chat and mark-down formats, as signs that look alike and mean nothing there.
_ALIKE = str.maketrans({"*": "\u2217", "`": "\u02cb", "~": "\u223c"})
_EDGE_LINE = re.compile(r"(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")
_TAG = re.compile(r"<(?=[!@#/?A-Za-z])|^>")
_EMOJI = re.compile(r"(?<![^\W_]):(?=[a-z_+\-][\w+\-]*:)")
_OWN_LINK = re.compile(r"https?://[^\s<>\"'|\\^`{}]+", re.ASCII)


def visible(text: str) -> str:
    """The text with every hidden character as an escape such as `\\u202e`, and blanks of any kind as one space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    spaced = _BLANK.sub(" ", text)
    if not spaced.isprintable():  # whatever is hidden is not printable, but for the joiners
        spaced = "".join(
            letter if letter.isprintable() or not _is_hidden(letter) else _escape(letter) for letter in spaced
        )
    return spaced.strip(" ")


def settled(text: str) -> str:
    """The text with every character that reorders, hides or moves others as an escape that JSON knows too.

    Line breaks, and the marks and joiners that scripts need, stay: on pages people read what they wrote.
    """
    if text.isprintable():
        return text
    return "".join(_json_escape(letter) if _is_hidden(letter) and letter not in _NEEDED else letter for letter in text)


def spelled(text: str) -> str:
    """A name as it is spelled: blanks at its ends, doubled or of another kind show as escapes too."""
    if text.isascii() and text.isprintable() and text == " ".join(text.split()):
        return text
    last = len(text) - 1
    return "".join(
        _escape(letter)
        if _is_hidden(letter) or (letter.isspace() and (letter != " " or at in (0, last) or text[at - 1].isspace()))
        else letter
        for at, letter in enumerate(text)
    )


def inert(text: str) -> Inert:
    """The text on one line, visible, with links taken apart: `http[:]//evil[.]example`."""
    plain = visible(text)
    plain = _SCHEME.sub("[:]", plain)
    plain = _BARE_SCHEME.sub(r"\1[:]", plain)
    plain = _ADDRESS.sub(r"\1[.]\2", plain)
    return Inert(_DOMAIN.sub("[.]", plain))


def unmarked(text: Inert) -> Inert:
    """The text without marks that format it: `*b*`, `_i_`, back-quotes, `~s~`."""
    return Inert(_EDGE_LINE.sub(lambda found: "\u02cd" * len(found[0]), text.translate(_ALIKE)))


def unformatted(text: Inert) -> Inert:
    """The same, and without tags, mentions, quotes, links and emoji: `<!channel>`, `<@U1>`, `[a](b)`, `:x:`."""
    plain = _TAG.sub(lambda found: "\u2039" if found[0] == "<" else "\u203a", unmarked(text))
    return Inert(_EMOJI.sub("\u2236", plain.replace("](", "] (")))


def own_link(url: str) -> str:
    """The address when it is one that we may offer for clicking, else ''."""
    return url if _OWN_LINK.fullmatch(url) and visible(url) == url else ""


def inert_value(value: Any) -> Any:
    """The same for a JSON-able value: every text in it, keys too."""
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, dict):
        return {inert(str(key)): inert_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [inert_value(one) for one in value]
    return value


def cut(text: str, length: int) -> str:
    """At most `length` UTF-16 code units, which is what receivers count, with an ellipsis when something was cut."""
    if len(text) * 2 <= length or _units(text) <= length:
        return text
    kept, room = [], length - 1
    for letter in text:
        room -= _units(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def cut_escaped(text: str, length: int, escape: Callable[[str], str]) -> str:
    """The escaped text in at most `length` code units; no escape is cut in the middle. It works letter by letter."""
    whole = escape(text)
    if _units(whole) <= length:
        return whole
    kept, room = [], length - 1
    for letter in text:
        piece = escape(letter)
        room -= _units(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + "…"


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in _HIDDEN and letter not in _HARMLESS


def _escape(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass").hex("-", 2)
    return "".join(f"\\u{unit}" for unit in units.split("-"))
