"""Kind `http`: POSTs documents as newline-delimited JSON. 2xx: taken; 408, 425, 429 and 5xx: again; else refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from collector.sink import Item, SinkAway, SinkConfig, SinkRefused
from core.config import Positive
from core.errors import HttpUnavailable
from core.http import HttpClient

AGAIN = (408, 425, 429)


class Config(SinkConfig, frozen=True, kw_only=True, tag_field="kind", tag="http"):
    """`token_file` holds what goes into `Authorization: Bearer`; `timeout` in seconds."""

    url: Annotated[str, Meta(pattern=r"^https?://")]
    token_file: str = ""
    timeout: Positive = 10.0


class HttpSink:
    """One POST a batch."""

    batch = 200

    def __init__(self, config: Config) -> None:
        parts = urlsplit(config.url)
        self._config = config
        self._client = HttpClient(f"{parts.scheme}://{parts.netloc}", config.timeout, 1)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def send(self, items: Sequence[Item]) -> None:
        """Send one batch."""
        headers = {"Content-Type": "application/x-ndjson"}
        try:
            if self._config.token_file:
                headers["Authorization"] = f"Bearer {Path(self._config.token_file).read_text().strip()}"
            body = b"".join(item.text + b"\n" for item in items)
            answer = self._client.request("POST", self._path, body=body, headers=headers)
        except (HttpUnavailable, OSError) as error:
            raise SinkAway(error.__class__.__name__) from error
        if 200 <= answer.status < 300:
            return
        if answer.status in AGAIN or answer.status >= 500 or answer.status in (401, 403, 404):
            raise SinkAway(
                f"it answered {answer.status}"
            )  # a wrong token or path is mended by a person, and nothing lost
        raise SinkRefused(f"it answered {answer.status}")

    def close(self) -> None:
        """The pool ends with the process."""


KIND = Config
open_sink = HttpSink
