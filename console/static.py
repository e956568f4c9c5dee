"""Compressed, cacheable answers for what never changes between two deployments: assets and Dash's own scripts.

Every page names its assets with a digest of their content (`?v=`), whatever its template wrote; a browser keeps such a
file for a year and asks for it no more.
"""

import gzip
import re
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request

from core.web.current import current_request

_SMALL = 1024
_KEPT = 64
_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
_STABLE = "public, max-age=31536000, immutable"
_FONT = re.compile(rb'url\("?((?:\.\./)?)(fonts/[\w.-]+)"?\)')

# By path and ETag: what one application of this process has packed, another need not.
_packed: OrderedDict[tuple[str, str], bytes] = OrderedDict()
_ADDRESS = re.compile(rb"(?<=[\"'])([\w./-]+)(?:\?m=[\d.]*)?(?=[\"'])")


class Versions:
    """The digests of the files of a folder that is served under `root`."""

    def __init__(self, folder: Path, root: str) -> None:
        self._root = root
        self._of: dict[str, str] = {}
        files = [path for path in folder.rglob("*") if path.is_file()]
        for path in sorted(files, key=lambda path: path.suffix == ".css"):  # a style sheet names fonts
            name = path.relative_to(folder).as_posix()
            self._of[name] = sha256(self.of_fonts(path.read_bytes(), name)).hexdigest()[:12]

    def of_page(self, page: bytes) -> bytes:
        """The page, its assets named with their versions."""
        root = self._root.encode()

        def named(found: re.Match[bytes]) -> bytes:
            return root + self._versioned(found[1][len(root) :]) if found[1].startswith(root) else found[0]

        return _ADDRESS.sub(named, page)

    def of_fonts(self, sheet: bytes, name: str) -> bytes:
        """The style sheet, its fonts named with their versions; any other file as it is."""
        if not name.endswith(".css"):
            return sheet
        return _FONT.sub(lambda found: b'url("' + found[1] + self._versioned(found[2]) + b'")', sheet)

    def is_current(self, path: str, version: str) -> bool:
        """Whether this is the version that is served under the path."""
        return bool(version) and self._of.get(path.removeprefix(self._root)) == version

    def _versioned(self, name: bytes) -> bytes:
        version = self._of.get(name.decode())
        return name + b"?v=" + version.encode() if version else name


def name_versions(server: Flask, versions: Versions) -> None:
    """Version the assets that pages name; call it before whatever makes pages after a request."""

    @server.after_request
    def version(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and not response.direct_passthrough:
            response.set_data(versions.of_page(response.get_data()))
        return response


def install(server: Flask, prefix: str, versions: Versions) -> None:
    """Gzip each asset once per process; files whose address carries their version may be kept for a year."""
    assets, suites = f"{prefix}assets/", f"{prefix}_dash-component-suites/"

    @server.after_request
    def compress(response: Response) -> Response:
        path = current_request().path
        if not path.startswith((assets, suites)) or response.status_code != 200 or request.method != "GET":
            return response
        if path.startswith(suites) or versions.is_current(path, request.args.get("v", "")):
            response.headers["Cache-Control"] = _STABLE
        if not (response.mimetype or "").startswith(_TEXT):
            return response
        zips = "gzip" in request.headers.get("Accept-Encoding", "")
        if not zips and not path.endswith(".css"):
            return response
        key = (path, response.headers.get("ETag", ""))
        body = _packed.get(key) if zips else None
        response.direct_passthrough = False
        if body is None:
            raw = versions.of_fonts(response.get_data(), path)
            if not zips or len(raw) < _SMALL:
                response.set_data(raw)
                return response
            body = _packed[key] = gzip.compress(raw, 6)
            while len(_packed) > _KEPT:
                _packed.popitem(last=False)
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
        return response
