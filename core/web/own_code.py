"""Which files are this product's own code, for stacks, profiles and exceptions. Pure."""

import sysconfig

from core.settings import ROOT

LIBRARIES = ("/site-packages/", "/dist-packages/")
_FOLDER = f"{ROOT}/"
_PYTHON = tuple({f"{path}/" for name in ("stdlib", "platstdlib") if (path := sysconfig.get_paths().get(name))})


def is_own(file: str) -> bool:
    """Whether a file lies in the product's folder and belongs to no library."""
    return file.startswith(_FOLDER) and not is_library(file)


def is_library(file: str) -> bool:
    """Whether a file is of an installed package, of Python itself, or of nobody, as `<frozen …>` is."""
    return file.startswith(("<", *_PYTHON)) or any(part in file for part in LIBRARIES)


def short(file: str) -> str:
    """A file of ours by its path in the product's folder; another as it is."""
    return file.removeprefix(_FOLDER)
