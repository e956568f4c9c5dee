"""Applications that are made again and again: what is worked out of the same text is worked out once.

Most tests of pages make an application of their own. Half of what `create_app` costs were the functions that Werkzeug
writes and compiles for each route; templates were compiled, files of config/ parsed and the installed packages searched
for plug-ins of Dash anew for each. What is kept holds nothing of the application that it was made for.
"""

import pickle
import tomllib
from collections.abc import Callable
from types import CodeType
from typing import Any
from weakref import WeakValueDictionary

from dash._hooks import HooksManager
from jinja2 import Environment
from werkzeug.routing import Rule

from console.auth import assembly
from console.auth.context import AuthContext
from core.stores import Stores
from core.web.app import App

_routes: dict[object, Callable[..., tuple[str, str]]] = {}
_templates: dict[object, CodeType | str] = {}
_files: dict[object, bytes] = {}
_MOST_FILES = 200  # tests of wrong values make thousands
_doors: WeakValueDictionary[int, AuthContext] = WeakValueDictionary()  # by the stores, which the door keeps


def install() -> None:
    """From now on the applications of this process share it."""
    _share_routes()
    _share_templates()
    _share_files()
    HooksManager.register_setuptools()
    HooksManager._registered = True
    _note_doors()


def door(app: App) -> AuthContext:
    """The door of a console, for who comes in without its pages."""
    assert app.stores is not None
    return _doors[id(app.stores)]


def _share_routes() -> None:
    compile_builder = Rule._compile_builder

    def shared(rule: Rule, append_unknown: bool = True) -> Any:
        converters = tuple((name, type(one)) for name, one in rule._converters.items())
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), converters, append_unknown)
        if key not in _routes:
            _routes[key] = compile_builder(rule, append_unknown)
        return _routes[key]

    Rule._compile_builder = shared  # type: ignore[method-assign]


def _share_templates() -> None:
    """By what the compiled code depends on; a template says `environment.finalize` and `filters` when it runs."""
    compile_template = Environment.compile

    def shared(
        self: Environment, source: Any, name: str | None = None, filename: str | None = None, **more: Any
    ) -> Any:
        if not isinstance(source, str) or more:
            return compile_template(self, source, name, filename, **more)
        escapes = getattr(self.autoescape, "__func__", self.autoescape)  # a method of the application
        key = (source, name, filename, escapes, self.finalize, *map(_known, (self.filters, self.tests)))
        if key not in _templates:
            _templates[key] = compile_template(self, source, name, filename)
        return _templates[key]

    Environment.compile = shared  # type: ignore[method-assign, assignment]


def _known(functions: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    """What is constant in a template is worked out by these when it is compiled."""
    return frozenset(functions.items())


def _share_files() -> None:
    """Each reader gets values of its own; what cannot be parsed is parsed again and says so again."""
    parse = tomllib.loads

    def shared(text: str, /, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
        key = (text, parse_float)
        if key not in _files:
            if len(_files) >= _MOST_FILES:
                _files.clear()
            _files[key] = pickle.dumps(parse(text, parse_float=parse_float))
        found: dict[str, Any] = pickle.loads(_files[key])
        return found

    tomllib.loads = shared


def _note_doors() -> None:
    assemble = assembly.assemble

    def noted(settings: Any, stores: Stores, *more: Any) -> AuthContext:
        made = _doors[id(stores)] = assemble(settings, stores, *more)
        return made

    assembly.assemble = noted
