"""One part per module: finds the modules of a package and fails loudly when one is broken."""

import importlib
import pkgutil
from typing import Any

from core.errors import ConfigError


def discover(package: str, attribute: str) -> dict[str, Any]:
    """The `attribute` of every module of `package`, by module name, in alphabetical order.

    Raises ConfigError when a module lacks the attribute; an import error passes through.
    """
    return {name: getattr(module, attribute) for name, module in modules(package, attribute).items()}


def kinds(package: str, *attributes: str) -> dict[str, Any]:
    """The modules of `package` by their `KIND`; each must also have all `attributes`. Raises ConfigError."""
    return {module.KIND: module for module in modules(package, "KIND", *attributes).values()}


def modules(package: str, *attributes: str) -> dict[str, Any]:
    """The modules of `package` by their name; each must have all `attributes`. Raises ConfigError."""
    found: dict[str, Any] = {}
    missing: list[str] = []
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda item: item.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        missing += [f"{package}.{info.name} has no {name}" for name in attributes if not hasattr(module, name)]
        found[info.name] = module
    if missing:
        raise ConfigError(missing)
    return found
