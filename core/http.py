"""The one HTTP client: pooled, with time-outs, and errors of our own tree."""

from dataclasses import dataclass
from typing import Any

import urllib3

from core import codec
from core.errors import HttpUnavailable


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP answer: status code, headers, body bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; raises ValueError when it is not JSON."""
        return codec.decode(self.body)


class HttpClient:
    """Talks to one base URL. Safe to share between threads.

    `timeout` is in seconds, for connect and read each. Redirects are not followed. A `token` goes with every request;
    `ca_file` holds the certificates to trust instead of the system's.
    """

    def __init__(
        self, base_url: str, timeout: float = 5.0, connections: int = 8, token: str = "", ca_file: str | None = None
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = {"Authorization": f"Bearer {token}"} if token else {}
        self._pool = urllib3.PoolManager(
            maxsize=connections,
            timeout=urllib3.Timeout(connect=timeout, read=timeout),
            retries=False,
            ca_certs=ca_file,
        )

    def request(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        """One request. Raises HttpUnavailable when no answer comes; any status is an answer."""
        headers = {**self._token, **(headers or {})}
        try:
            answer = (
                self._pool.request(
                    method, self.base_url + path, fields=params, body=body, headers=headers, redirect=False
                )
                if body is None
                else self._pool.request(method, self.base_url + path, body=body, headers=headers, redirect=False)
            )
        except urllib3.exceptions.HTTPError as error:
            raise HttpUnavailable(f"{self.base_url}{path}: {error.__class__.__name__}") from error
        return HttpResponse(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.data)

    def get(
        self, path: str, params: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        """GET with query parameters."""
        return self.request("GET", path, params=params, headers=headers)

    def get_json(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """The JSON of a 200 answer; raises HttpUnavailable for any other status."""
        return self._json(self.get(path, params), path)

    def post_json(self, path: str, value: Any, headers: dict[str, str] | None = None) -> HttpResponse:
        """POST a value as JSON."""
        merged = {"Content-Type": "application/json", **(headers or {})}
        return self.request("POST", path, body=codec.encode(value), headers=merged)

    def _json(self, answer: HttpResponse, path: str) -> Any:
        if answer.status != 200:
            raise HttpUnavailable(f"{self.base_url}{path} answered {answer.status}")
        return answer.json()
