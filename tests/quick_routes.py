"""Routes of applications that are made again and again: what builds the address of a route is compiled once.

Werkzeug writes two Python functions for each route and compiles them: for the console's 160 routes that is half of what
`create_app` costs, and most tests of pages make an application of their own. The functions hold nothing of the
application that they were made for.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compiled: dict[object, Callable[..., tuple[str, str]]] = {}


def install() -> None:
    """From now on routes that are the same share their functions."""
    compile_builder = Rule._compile_builder

    def shared(rule: Rule, append_unknown: bool = True) -> Any:
        converters = tuple((name, type(one)) for name, one in rule._converters.items())
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), converters, append_unknown)
        if key not in _compiled:
            _compiled[key] = compile_builder(rule, append_unknown)
        return _compiled[key]

    Rule._compile_builder = shared  # type: ignore[method-assign]
