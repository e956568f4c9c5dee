"""One part per module: finds the modules of a package and fails loudly when one is broken."""

import importlib
import pkgutil
from typing import Any

from core.errors import ConfigError


def discover(package: str, attribute: str) -> dict[str, Any]:
    """The `attribute` of every module of `package`, by module name, in alphabetical order.

    Raises ConfigError when a module lacks the attribute; an import error passes through.
    """
    found: dict[str, Any] = {}
    missing: list[str] = []
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda item: item.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        if hasattr(module, attribute):
            found[info.name] = getattr(module, attribute)
        else:
            missing.append(f"{package}.{info.name} has no {attribute}")
    if missing:
        raise ConfigError(missing)
    return found
