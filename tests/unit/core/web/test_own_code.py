"""Which files are our own: those of this folder, without its environment and Python's library."""

import os

import pytest

from core.web import own_code


def test_own_code_is_this_folder_without_its_environment() -> None:
    assert own_code.is_own(own_code.__file__)
    assert own_code.short(own_code.__file__) == "core/web/own_code.py"
    for file in (pytest.__file__, os.__file__, "<frozen importlib._bootstrap>", "/elsewhere/core/web/own_code.py"):
        assert not own_code.is_own(file)


def test_what_lies_elsewhere_is_no_library_unless_it_is_installed() -> None:
    assert not own_code.is_library("/srv/shop/app.py")
    for file in (pytest.__file__, os.__file__, "<string>", "/usr/lib/python3/dist-packages/x.py"):
        assert own_code.is_library(file)
