"""Programs that these tests use and the product does not ship."""

import os
import shutil

import pytest


def program(name: str, package: str) -> str:
    """The path of a program. Where it is missing the test is skipped, but fails in CI."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is missing (Debian's package {package})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
