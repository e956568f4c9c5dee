"""A panel as it was last drawn: its bytes, and the patch from the drawing before, made once for everybody."""

from dataclasses import dataclass
from typing import Any

from console import panel_patch
from core import codec, log

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class RenderedPanel:
    """A panel as last drawn: the whole as JSON, and the patch from the drawing before (of version `base`)."""

    version: int
    payload: dict[str, Any]
    whole: bytes
    base: int = 0
    patch: bytes = b""

    def since(self, cursor: int) -> bytes:
        """What a browser needs that has seen everything up to `cursor`."""
        return self.patch if self.patch and cursor >= self.base else self.whole


def drawn_after(old: RenderedPanel | None, payload: dict[str, Any]) -> RenderedPanel:
    """The payload as drawn, after the drawing `old`."""
    version = payload["version"]
    try:
        whole = codec.encode(payload)
    except TypeError as error:  # what a panel drew is no JSON: that, too, stays in its card
        _log.error("panel cannot be sent", exc_info=error)
        payload = {
            "version": version,
            "error": {"title": "This panel cannot be drawn", "detail": "The error was logged."},
        }
        whole = codec.encode(payload)
    patch = panel_patch.between(old.payload, payload) if old and old.version < version else None
    if old is None or patch is None:
        return RenderedPanel(version, payload, whole)
    small = codec.encode({"version": version, **patch})
    return RenderedPanel(version, payload, whole, old.version, small if len(small) < len(whole) else b"")
