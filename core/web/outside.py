"""What every request may hold: text that can be stored, and JSON of bounded size. The one place that says so.

Path, query, cookies and headers are looked at before a view; a form and its files when they are read. Names and values
with NUL or lone surrogates are refused by their name, with 400. What a type lets through and a store or an encoder will
not have is translated in `core.web.problems`.
"""

import re
from collections.abc import Iterable
from typing import Any, cast

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

from core import nfc
from core.errors import BadInput

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MARKS = (b",", b"[", b"{")
# A time whose offset lost its plus sign, which stands for a blank in a query unless it is written as %2B.
_BARE_OFFSET = re.compile(r"(\d{4}-?\d\d-?\d\d[T ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?)?) (\d\d(?::?\d\d)?)$")


class OutsideRequest(Request):
    """A request whose form refuses text that nothing can store, whose query is in NFC as all that is stored, and whose
    times may have a bare plus sign.
    """

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query's arguments; none where it is not UTF-8, which `check` refuses."""
        try:
            given = super().args
        except UnicodeDecodeError:
            return ImmutableMultiDict()
        plain = self.query_string.isascii() and b"%" not in self.query_string
        return _with_offsets(given if plain else _composed(given))

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """As Werkzeug's own, which walks through all headers for it."""
        found = parse_cookie(self.environ.get("HTTP_COOKIE", ""), cls=self.dict_storage_class)
        return cast("ImmutableMultiDict[str, str]", found)

    def _load_form_data(self) -> None:
        loaded = "form" in self.__dict__
        super()._load_form_data()
        if not loaded:
            self.form = _with_offsets(self.form)
            for name, value in self.form.items(multi=True):
                _check(name[:40], (name, value))
            for name, file in self.files.items(multi=True):
                _check(name[:40], (name, file.filename or "", file.content_type or ""))


def _with_offsets(given: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    """With the plus sign back in times such as 2026-01-31T18:00:00 01:00; everything else as it is."""
    if not any(_BARE_OFFSET.match(value) for _, value in given.items(multi=True)):
        return given if isinstance(given, ImmutableMultiDict) else ImmutableMultiDict(given)
    pairs = ((name, _BARE_OFFSET.sub(r"\1+\2", value)) for name, value in given.items(multi=True))
    return ImmutableMultiDict(list(pairs))


def check(request: Request) -> None:
    """Raises BadInput for unstorable text in path, query, cookies or headers, naming the place."""
    if not _is_harmless(request.environ):
        _check_each(request)


def _is_harmless(environ: dict[str, Any]) -> bool:
    """Whether nothing in it could be unstorable, at a glance: ASCII, which no surrogate is, without NUL, without the
    backslashes by which a cookie writes one, and without an escaped one in the query."""
    given = "".join([text for text in environ.values() if type(text) is str])
    return given.isascii() and "\0" not in given and "\\" not in given and "%00" not in environ.get("QUERY_STRING", "")


def _check_each(request: Request) -> None:
    _check("path", (request.path,))
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        raise BadInput("?", "is not UTF-8; write what is not ASCII as %XX of its UTF-8 bytes") from None
    if request.view_args and not request.path.isascii():
        request.view_args = {name: nfc.every(value) for name, value in request.view_args.items()}
    for place, given in (("?", request.args), ("cookie ", request.cookies)):
        for name, value in MultiDict(given).items(multi=True):
            _check(f"{place}{name[:40]}", (name, value))
    for name, value in request.headers.items():
        _check(name[:40], (value,))


def check_json(body: bytes, most: int) -> None:
    """Raises BadInput for a document of more than `most` values, before anything is made of it.

    Commas and brackets are counted, those within texts too; each value but the first follows one.
    """
    if sum(map(body.count, _MARKS)) > most:
        raise BadInput("$", f"the body contains more than {most:,} values, the limit; split it")


def _composed(given: MultiDict[str, str]) -> MultiDict[str, str]:
    return ImmutableMultiDict((nfc.text(name), nfc.text(value)) for name, value in given.items(multi=True))


def _check(place: str, texts: Iterable[str]) -> None:
    for text in texts:
        if _UNSTORABLE.search(text):
            raise BadInput(
                _UNSTORABLE.sub("\ufffd", place), "contains a NUL or another character that cannot be stored"
            )
