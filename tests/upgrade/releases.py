"""Older releases of this repository, as trees of files to run their code from."""

import io
import subprocess
import tarfile
from pathlib import Path

import msgspec
import pytest

from tests.tree import ROOT


class Release(msgspec.Struct, frozen=True):
    """One release: its commit, and which of our processes it has."""

    name: str
    commit: str
    processes: list[str]


class _File(msgspec.Struct):
    release: list[Release]


def releases() -> list[Release]:
    """All of them, oldest first."""
    return msgspec.toml.decode((Path(__file__).parent / "releases.toml").read_bytes(), type=_File).release


def unpack(release: Release, folder: Path) -> Path:
    """The release's files below `folder`; skips the test where the checkout has no such history."""
    if _git("cat-file", "-e", f"{release.commit}^{{commit}}").returncode:
        pytest.skip(f"this checkout has no history back to {release.commit} ({release.name})")
    packed = _git("archive", "--format=tar", release.commit)
    assert packed.returncode == 0, packed.stderr.decode()
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=False)
