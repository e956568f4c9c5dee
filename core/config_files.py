"""Reads the shared files of config/ as the types of `core.config`; reports all problems at once."""

import tomllib
from pathlib import Path
from typing import Any, get_type_hints

from msgspec import structs

from core import toml_validation
from core.config import Config


def read(folder: Path, problems: list[str]) -> dict[str, dict[str, Any]]:
    """The content of each file by its name; a file with defaults may be missing, as in folders of older releases."""
    return {
        one.name: toml(folder / f"{one.name}.toml", problems)
        for one in structs.fields(Config)
        if one.required or (folder / f"{one.name}.toml").exists()
    }


def convert(folder: Path, raw: dict[str, dict[str, Any]], problems: list[str]) -> dict[str, Any]:
    """The parts of `Config` from what was read."""
    kinds = get_type_hints(Config)
    return {name: typed(raw[name], kinds[name], folder / f"{name}.toml", problems) for name in raw}


def toml(path: Path, problems: list[str]) -> dict[str, Any]:
    """The content of a file; {} when it cannot be read, which is a problem."""
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        problems.append(f"{path}: {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path}: {error}")
    return {}


def typed(raw: dict[str, Any], kind: Any, path: Path, problems: list[str]) -> Any:
    """What was read as a type; None when it is not one, which is a problem."""
    if not raw and not path.exists():
        return None  # Said already.
    value, found = toml_validation.convert(raw, kind, path.name, path.read_text(errors="replace"))
    problems += found
    return value
