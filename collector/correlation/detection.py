"""Sigma's detections: which single events a rule means. Pure.

Field names are those of ECS. Supported: maps (all must hold), lists (any), the modifiers contains, startswith,
endswith, re, cidr, exists, all, the wildcards * and ? in values, and conditions of and, or, not, brackets, `1 of x*`,
`all of x*`. Values are compared without regard to case, as Sigma wants it.
"""

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

import re2

Event = Mapping[str, Any]
Predicate = Callable[[Event], bool]
_QUIET = re2.Options()
_QUIET.log_errors = False  # what is wrong with a pattern is an error of its rule
MODIFIERS = ("contains", "startswith", "endswith", "re", "cidr", "exists", "all")
_BLANKS = re.compile(r"\s+")
_TOKENS = re.compile(r"\(|\)|[A-Za-z0-9_*]+")


class BadRule(ValueError):
    """A rule is wrong; `field` is where in it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(f"{field}: {reason}")


def compile_detection(detection: Any) -> Predicate:
    """The predicate of a `detection` block over flat events. Raises BadRule."""
    if not isinstance(detection, dict) or "condition" not in detection:
        raise BadRule("detection", "expected a map with a condition")
    parts = {name: _selection(f"detection.{name}", part) for name, part in detection.items() if name != "condition"}
    condition = detection["condition"]
    if not isinstance(condition, str):
        raise BadRule("detection.condition", "expected a text")
    words = _TOKENS.findall(condition)
    if "".join(words) != _BLANKS.sub("", condition):
        raise BadRule("detection.condition", f"cannot read {condition!r}")
    return _Parser(words, parts).whole()


class _Parser:
    """Recursive descent over the words of a condition."""

    def __init__(self, words: list[str], parts: dict[str, Predicate]) -> None:
        self._words = words
        self._parts = parts

    def whole(self) -> Predicate:
        found = self._any()
        if self._words:
            raise BadRule("detection.condition", f"unexpected {self._words[0]!r}")
        return found

    def _any(self) -> Predicate:
        sides = [self._all()]
        while self._accept("or"):
            sides.append(self._all())
        return sides[0] if len(sides) == 1 else lambda event: any(side(event) for side in sides)

    def _all(self) -> Predicate:
        sides = [self._one()]
        while self._accept("and"):
            sides.append(self._one())
        return sides[0] if len(sides) == 1 else lambda event: all(side(event) for side in sides)

    def _one(self) -> Predicate:
        if self._accept("not"):
            inner = self._one()
            return lambda event: not inner(event)
        if self._accept("("):
            inner = self._any()
            if not self._accept(")"):
                raise BadRule("detection.condition", "a bracket is not closed")
            return inner
        if not self._words:
            raise BadRule("detection.condition", "it ends too early")
        word = self._words.pop(0)
        if word in ("1", "all") and self._accept("of"):
            pattern = self._words.pop(0) if self._words else ""
            chosen = [part for name, part in self._parts.items() if pattern == "them" or fnmatchcase(name, pattern)]
            if not chosen:
                raise BadRule("detection.condition", f"no selection is called {pattern!r}")
            join = any if word == "1" else all
            return lambda event: join(part(event) for part in chosen)
        if word not in self._parts:
            raise BadRule("detection.condition", f"no selection is called {word!r}")
        return self._parts[word]

    def _accept(self, word: str) -> bool:
        if self._words and self._words[0].lower() == word:
            self._words.pop(0)
            return True
        return False


def _selection(where: str, part: Any) -> Predicate:
    if isinstance(part, list) and part:
        options = [_selection(f"{where}[{index}]", item) for index, item in enumerate(part)]
        return lambda event: any(option(event) for option in options)
    if not isinstance(part, dict) or not part:
        raise BadRule(where, "expected a map of fields, or a list of maps")
    tests = [_test(f"{where}.{name}", name, value) for name, value in part.items()]
    return lambda event: all(test(event) for test in tests)


def _test(where: str, name: str, wanted: Any) -> Predicate:
    field, *modifiers = str(name).split("|")
    unknown = [modifier for modifier in modifiers if modifier not in MODIFIERS]
    if unknown:
        raise BadRule(where, f"the modifier {unknown[0]!r} is not known; known: {', '.join(MODIFIERS)}")
    if "exists" in modifiers:
        return lambda event: (event.get(field) is not None) == bool(wanted)
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or any(isinstance(value, (dict, list)) for value in values):
        raise BadRule(where, "expected a value or a list of values")
    tests = [_value(where, value, modifiers) for value in values]
    join = all if "all" in modifiers else any
    return lambda event: join(any(test(one) for one in _many(event.get(field))) for test in tests)


def _value(where: str, wanted: Any, modifiers: list[str]) -> Callable[[Any], bool]:
    if wanted is None:
        return lambda found: found is None
    text = str(wanted).lower()
    try:
        if "re" in modifiers:
            pattern = re2.compile(str(wanted), _QUIET)  # linear, whatever an event holds
            return lambda found: found is not None and pattern.search(_plain(str(found))) is not None
        if "cidr" in modifiers:
            network = ip_network(text)
            return lambda found: _within(found, network)
    except re2.error as error:
        raise BadRule(where, f"is not a valid RE2 pattern: {_said(error)}") from None
    except ValueError as error:
        raise BadRule(where, str(error)) from None
    if "contains" in modifiers:
        text = f"*{text}*"
    elif "startswith" in modifiers:
        text = f"{text}*"
    elif "endswith" in modifiers:
        text = f"*{text}"
    if "*" in text or "?" in text:
        shape = re2.compile(_shape(text), _QUIET)
        return lambda found: found is not None and shape.fullmatch(_plain(str(found).lower())) is not None
    return lambda found: found is not None and str(found).lower() == text


def _shape(text: str) -> str:
    """A value with wildcards as a pattern: `*` is any text, `?` any character."""
    parts = {"*": ".*", "?": "."}
    return "(?s)" + "".join(parts.get(char) or re2.escape(char) for char in _plain(text))


def _plain(text: str) -> str:
    """A text that UTF-8 can write, which RE2 needs."""
    return text.encode("utf-8", "replace").decode()


def _said(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _many(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _within(found: Any, network: Any) -> bool:
    try:
        return ip_address(str(found)) in network
    except ValueError:
        return False
