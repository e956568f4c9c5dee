"""The images install what is locked, and what is locked is within the ranges that people read in requirements.txt."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tree import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)
PYTHONS = ("3.11.7", "3.12.1", "3.13.7", "3.14.0")


def wanted(file: str) -> list[Requirement]:
    """The requirements of a file that go into images."""
    lines = (ROOT / file).read_text().splitlines()
    kept = [line for line in lines if line and not line.startswith(("#", "-r")) and "for the local stack" not in line]
    return [Requirement(line.partition("#")[0].strip()) for line in kept]


def locked(file: str, python: str) -> dict[str, str]:
    """The version of each distribution that a lock names for a Python on Linux."""
    world = {"python_full_version": python, "python_version": python.rpartition(".")[0], "sys_platform": "linux",
             "implementation_name": "cpython", "platform_python_implementation": "CPython"}  # fmt: skip
    found: dict[str, str] = {}
    for name, version, marker in _PIN.findall((ROOT / file).read_text()):
        marked = Requirement(f"{name}; {marker}") if marker else None
        if marked is None or (marked.marker is not None and marked.marker.evaluate(world)):
            assert canonicalize_name(name) not in found, f"{name} twice for Python {python}"
            found[canonicalize_name(name)] = version
    return found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("file", ["requirements", "requirements-aws"])
def test_what_is_locked_is_what_is_wanted(file: str, python: str) -> None:
    found = locked(f"{file}.lock", python)
    for requirement in wanted(f"{file}.txt"):
        version = found.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not locked; run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement} but locked {version}; run `make lock`"


@pytest.mark.parametrize("python", PYTHONS)
def test_both_locks_agree(python: str) -> None:
    ours, aws = locked("requirements.lock", python), locked("requirements-aws.lock", python)
    assert {name: (ours[name], aws[name]) for name in ours.keys() & aws.keys() if ours[name] != aws[name]} == {}


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-aws.lock"])
def test_every_pin_has_hashes_and_no_address(file: str) -> None:
    text = (ROOT / file).read_text()
    pins = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(pins) == len(_PIN.findall(text)) > 5
    assert [pin.partition("==")[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in text


def test_the_image_installs_the_locks_and_nothing_else() -> None:
    text = (ROOT / "Dockerfile").read_text()
    installs = re.findall(r"install (.*?)(?:;|\n[A-Z#])", text.replace("\\\n", " "), re.DOTALL)
    assert [set(re.findall(r"\S+", one)) for one in installs] == [
        {"--no-deps", "--no-compile", "--require-hashes", "-r", f"/locks/{file}.lock"}
        for file in ("requirements", "requirements-aws")
    ]
