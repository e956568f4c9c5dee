"""`docker export … | python -m deploy.sbom > sbom.json`: what is really installed in an image, as CycloneDX 1.6 JSON.

Reads a root file system as a tar stream: the metadata of every Python distribution wherever it lies, Debian's package
database with the licences of each package's copyright file, and an interpreter that was built rather than packaged.
What is bundled into the console's assets comes from frontend/package-lock.json. The same image gives the same document.
"""

import email.parser
import json
import re
import sys
import tarfile
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
Component = dict[str, Any]
_WANTED = re.compile(
    r"(-packages/[^/]+\.(dist|egg)-info/(METADATA|PKG-INFO)|^var/lib/dpkg/status|^usr/share/doc/[^/]+/copyright"
    r"|^usr/lib/os-release|^usr/local/include/python3[^/]*/patchlevel\.h)$"
)
_SHARED_DOC = re.compile(r"^usr/share/doc/[^/]+$")
_BUNDLED = (
    "plotly.js", "bootstrap", "bootstrap-icons", "idiomorph",
    "@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono",
)  # fmt: skip


def bill(files: dict[str, str], lock: dict[str, Any], version: str) -> dict[str, Any]:
    """The document for the interesting files of an image, by path from its root, and the lock of what is bundled."""
    found = [*_python(files), *_interpreter(files), *_debian(files), *_bundled(lock)]
    components = sorted({one["bom-ref"]: one for one in found}.values(), key=lambda one: one["bom-ref"])
    digest = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([version, components], sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": digest.urn,
        "version": 1,
        "metadata": {
            "component": {"type": "container", "bom-ref": "gatehouse", "name": "gatehouse", "version": version}
        },
        "components": components,
    }


def interesting(stream: IO[bytes]) -> dict[str, str]:
    """The files of a tar stream that say what is installed; of a link between packages' documents, where it leads."""
    files = {}
    with tarfile.open(fileobj=stream, mode="r|*") as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if member.isfile() and _WANTED.search(name):
                content = archive.extractfile(member)
                assert content is not None
                files[name] = content.read().decode(errors="replace")
            elif member.issym() and _SHARED_DOC.match(name):
                files[name] = member.linkname
    return files


def _python(files: dict[str, str]) -> Iterator[Component]:
    for path, text in files.items():
        if "-packages/" in path:
            said = email.parser.Parser().parsestr(text, headersonly=True)
            name = re.sub(r"[-_.]+", "-", said["Name"]).lower()
            classified = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if "License ::" in line]
            # Some put the whole text of their licence there; its first line names it.
            free = [line.strip() for line in (said["License"] or "").splitlines()[:1] if line.strip()]
            licences = _licences(classified or free, said["License-Expression"])
            place = PurePosixPath(path).parent.parent
            yield _component("library", said["Name"], said["Version"], f"pkg:pypi/{name}", licences, str(place))


def _interpreter(files: dict[str, str]) -> Iterator[Component]:
    for path, text in files.items():
        if path.endswith("/patchlevel.h") and (found := re.search(r'PY_VERSION\s+"([^"]+)"', text)):
            yield _component(
                "platform", "python", found[1], "pkg:generic/python", _licences([], "Python-2.0"), "usr/local"
            )


def _debian(files: dict[str, str]) -> Iterator[Component]:
    release = dict(line.split("=", 1) for line in files.get("usr/lib/os-release", "").splitlines() if "=" in line)
    distro = f"{release.get('ID', 'debian')}-{release.get('VERSION_ID', '').strip(chr(34))}".rstrip("-")
    for paragraph in files.get("var/lib/dpkg/status", "").split("\n\n"):
        said = email.parser.Parser().parsestr(paragraph, headersonly=True)
        if (said["Status"] or "").endswith(" installed"):
            shared = files.get(f"usr/share/doc/{said['Package']}", said["Package"])
            document = f"usr/share/doc/{shared}/copyright"
            named = re.findall(r"^License: *(\S[^\n]*)$", files.get(document, ""), re.MULTILINE)
            licences = _licences(named or [f"see /{document}"], None)
            rest = f"?arch={said['Architecture']}&distro={distro}"
            where = f"pkg:deb/debian/{quote(said['Package'], safe='+')}"
            yield _component("library", said["Package"], said["Version"], where, licences, "var/lib/dpkg/status", rest)


def _bundled(lock: dict[str, Any]) -> Iterator[Component]:
    """What the assets were built from: the bundled packages and all that they stand on."""
    packages, waiting, known = lock["packages"], list(_BUNDLED), set()
    while waiting:
        name = waiting.pop()
        entry = packages.get(f"node_modules/{name}")
        if name not in known and entry is not None:
            known.add(name)
            waiting += entry.get("dependencies", {})
            licences = _licences([], entry.get("license"))
            where = f"pkg:npm/{quote(name, safe='/')}"
            yield _component("library", name, entry["version"], where, licences, "console/assets")


def _component(
    kind: str, name: str, version: str, where: str, licences: list[dict[str, Any]], place: str, rest: str = ""
) -> Component:
    purl = f"{where}@{quote(version, safe='')}{rest}"
    made: Component = {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if licences:
        made["licenses"] = licences
    return made | {"properties": [{"name": "gatehouse:found", "value": place}]}


def _licences(names: Iterable[str], expression: str | None) -> list[dict[str, Any]]:
    if expression:
        return [{"expression": expression}]
    return [{"license": {"name": name}} for name in sorted(set(names))]


def main() -> int:
    """Standard input to standard output."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    json.dump(bill(interesting(sys.stdin.buffer), lock, version), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
