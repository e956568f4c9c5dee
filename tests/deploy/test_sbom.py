"""The bill of materials names what is installed, with licences, as the published schema wants it."""

import io
import json
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

from deploy.sbom import bill, interesting
from tests.tree import ROOT

LOCK = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.41-12

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: libgcc-s1
Status: install ok installed
Architecture: amd64
Version: 14.2.0-19

Package: bash
Status: install ok installed
Architecture: amd64
Version: 1:5.2+dfsg-3
"""
FILES = {
    "var/lib/dpkg/status": STATUS,
    "usr/lib/os-release": 'ID=debian\nVERSION_ID="13"\n',
    "usr/share/doc/libc6/copyright": "Files: *\nLicense: LGPL-2.1+\n\nLicense: GPL-2+\n text\n",
    "usr/share/doc/gcc-14-base/copyright": "License: GPL-3\n",
    "usr/share/doc/bash/copyright": "This is GNU Bash.\n",
    "usr/local/include/python3.13/patchlevel.h": '#define PY_VERSION      "3.13.7"\n',
    "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
}


def image() -> io.BytesIO:
    """A root file system: Debian's database, and the Python distributions of this very environment."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in FILES.items():
            add(archive, f"./{name}", text)
        link = tarfile.TarInfo("./usr/share/doc/libgcc-s1")
        link.type, link.linkname = tarfile.SYMTYPE, "gcc-14-base"
        archive.addfile(link)
        for one in metadata.distributions():
            folder = Path(str(one.locate_file(""))).name
            for name in ("METADATA", "PKG-INFO"):
                if (text := one.read_text(name)) is not None:
                    add(archive, f"opt/venv/lib/python3/{folder}/{one.name}-{one.version}.dist-info/{name}", text)
                    break
    packed.seek(0)
    return packed


def add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


@pytest.fixture(scope="module")
def document() -> dict:
    return bill(interesting(image()), LOCK, "0.1.0")


def of(document: dict, kind: str) -> dict[str, dict]:
    return {one["name"]: one for one in document["components"] if one["purl"].startswith(f"pkg:{kind}/")}


def test_it_names_every_distribution_that_is_installed(document: dict) -> None:
    named = {(name.lower(), one["version"]) for name, one in of(document, "pypi").items()}
    installed = {(one.name.lower(), one.version) for one in metadata.distributions()}
    assert installed
    assert installed - named == set()


def test_it_names_debian_packages_with_their_licences(document: dict) -> None:
    found = of(document, "deb")
    assert found.keys() == {"libc6", "libgcc-s1", "bash"}
    assert found["bash"]["purl"] == "pkg:deb/debian/bash@1%3A5.2%2Bdfsg-3?arch=amd64&distro=debian-13"
    licences = {name: [one["license"]["name"] for one in found[name]["licenses"]] for name in found}
    assert licences == {
        "libc6": ["GPL-2+", "LGPL-2.1+"], "libgcc-s1": ["GPL-3"], "bash": ["see /usr/share/doc/bash/copyright"],
    }  # fmt: skip


def test_it_names_the_interpreter_and_what_the_assets_were_built_from(document: dict) -> None:
    assert of(document, "generic")["python"]["version"] == "3.13.7"
    bundled = of(document, "npm")
    assert bundled.keys() >= {"plotly.js", "bootstrap-icons", "@fontsource-variable/inter"}
    assert bundled["plotly.js"]["licenses"] == [{"expression": "MIT"}]
    assert "esbuild" not in bundled  # it builds the assets and is not in them


def test_it_is_what_the_published_schema_wants(document: dict) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # brings jsonschema: four seconds

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(document)) is None
    document = document | {"components": [{"name": "without a type"}]}
    assert validator.validate_str(json.dumps(document)) is not None


def test_the_same_image_gives_the_same_document(document: dict) -> None:
    assert bill(interesting(image()), LOCK, "0.1.0") == document
    assert bill(interesting(image()), LOCK, "0.2.0")["serialNumber"] != document["serialNumber"]
