"""The monitoring API of the tests' own process, as a client of the console asks it."""

from typing import Any

from core import codec
from core.errors import HttpUnavailable
from core.http import HttpClient, HttpResponse
from core.web.app import App


class Inside(HttpClient):
    """The monitoring API of this process, unless it is `away` or answers with another `status`.

    What is sent to its entrance is kept in `sent`.
    """

    def __init__(self, api: App) -> None:
        super().__init__("http://inside")
        self._client = api.test_client()
        self.away = False
        self.status = 0
        self.sent: list[dict[str, Any]] = []

    def request(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        if self.away:
            raise HttpUnavailable("connection refused")
        if method == "POST":
            assert path == "/api/transaction"
            self.sent += codec.decode(body or b"")
            return HttpResponse(200, {}, b"{}")
        if self.status:
            return HttpResponse(self.status, {}, b"{}")
        answer = self._client.get(path)
        return HttpResponse(answer.status_code, {}, answer.get_data())
