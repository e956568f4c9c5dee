"""One address of the console in everything: cookies, HSTS, links; foreign hosts, proxies that pass nothing on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from console.app import PREFIX, create_app
from core import settings as core_settings
from core.settings import Settings
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, VARIABLES
from tests.people import Authenticator, log_in, session_token

HTML = {"Accept": "text/html,*/*;q=0.8"}
PUBLIC = "https://gate.example.org/admin/monitoring"
Install = Callable[..., App]


@pytest.fixture
def installed(redis_url: str, database_url: str, tmp_path: object) -> Iterator[Install]:
    """`installed(**variables)`: a console with further settings."""
    made: list[App] = []

    def make(**more: str) -> App:
        known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path), **VARIABLES}
        made.append(create_app(core_settings.load({**known, **more})))
        return made[-1]

    yield make
    for app in made:
        app.close()


@pytest.mark.parametrize("more", [{}, {"GATEHOUSE_PUBLIC_CONSOLE_URL": PUBLIC}])
def test_a_foreign_host_is_refused_on_a_page_that_helps(installed: Install, more: dict[str, str]) -> None:
    client = installed(**more).test_client()
    for path in ("", "login", "nowhere", "assets/gatehouse.css"):
        for host in ("evil.example", "evil.example:8050", "localhost.evil.example"):
            answer = client.get(PREFIX + path, headers={**HTML, "Host": host})
            text = answer.get_data(as_text=True)
            assert (answer.status_code, answer.mimetype) == (421, "text/html")
            assert host in text
            assert "proxy_set_header Host $host;" in text
            assert (PUBLIC if more else f"GATEHOUSE_PUBLIC_CONSOLE_URL=https://{host}") in text
    assert client.get(PREFIX, headers={"Host": "<script>"}).status_code in (400, 421)
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, headers={"Host": "evil.example"}).status_code in (200, 503)
    for host in ("localhost", "127.0.0.1:8050", "[::1]:8050"):
        assert client.get(f"{PREFIX}login", headers={"Host": host}).status_code == 200


def test_the_public_url_decides_behind_a_proxy_that_passes_nothing_on(installed: Install) -> None:
    """As nginx does unless told: the Host is the console's inner address."""
    client = installed(GATEHOUSE_PUBLIC_CONSOLE_URL=PUBLIC).test_client()
    inner = {"Host": "127.0.0.1:8050", "Origin": "https://gate.example.org", **HTML}
    page = client.get(f"{PREFIX}login", headers=inner)
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"]
    client.environ_base["HTTP_HOST"] = "127.0.0.1:8050"
    client.environ_base["wsgi.url_scheme"] = "https"  # so that the test's cookie jar gives Secure cookies back
    client.environ_base["HTTP_ORIGIN"] = "https://gate.example.org"
    phone = Authenticator()
    assert log_in(client, PREFIX, "admin", PASSWORD, phone).status_code == 200
    token = session_token(client, PREFIX)
    invited = client.post(f"{PREFIX}users/invite", data={"csrf": token, "name": "ann", "role": "viewer"})
    assert f"{PUBLIC}/login/invitation/" in invited.get_data(as_text=True)
    client.environ_base["HTTP_ORIGIN"] = "https://evil.example"
    assert client.post(f"{PREFIX}users/invite", data={"csrf": token}).status_code == 403


def test_without_it_the_page_says_what_to_set(installed: Install) -> None:
    client = installed().test_client()
    answer = client.post(
        f"{PREFIX}login",
        data={"user": "admin"},
        headers={
            **HTML,
            "Host": "127.0.0.1:8050",
            "Origin": "https://gate.example.org",
            "Sec-Fetch-Site": "same-origin",
        },
    )
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "proxy_set_header Host $host;" in text
    assert f"GATEHOUSE_PUBLIC_CONSOLE_URL={PUBLIC}" in text


@pytest.mark.parametrize(("proxies", "is_secure"), [("127.0.0.0/8", True), ("", False), ("10.0.0.0/8", False)])
def test_forwarded_values_count_only_from_trusted_proxies(installed: Install, proxies: str, is_secure: bool) -> None:
    app = installed(GATEHOUSE_TRUSTED_PROXIES=proxies, GATEHOUSE_ALLOW_NETWORKS="127.0.0.0/8")
    told = {"X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "Gate.Example.org:443"}
    answer = app.test_client().get(f"{PREFIX}login", headers=told)
    assert ("Secure" in answer.headers["Set-Cookie"]) is is_secure
    assert ("Strict-Transport-Security" in answer.headers) is is_secure
    posted = app.test_client().post(f"{PREFIX}login", headers={**told, "Origin": "https://gate.example.org"})
    assert posted.status_code == (400 if is_secure else 403)


def test_a_page_over_http_is_none_of_a_console_over_https(installed: Install) -> None:
    client = installed(GATEHOUSE_PUBLIC_CONSOLE_URL=PUBLIC).test_client()
    for origin, status in (
        ("https://gate.example.org", 400), ("HTTPS://GATE.example.org:443", 400), ("http://gate.example.org", 403),
        ("https://gate.example.org:8443", 403), ("null", 403), ("https://gate.example.org.evil.example", 403),
    ):  # fmt: skip
        assert client.post(f"{PREFIX}login", headers={"Origin": origin}).status_code == status, origin


@pytest.mark.parametrize(
    "url", ["gate.example.org", "ftp://gate.example.org", "https://", "https://a:b@gate.example.org", "https://x:y"]
)
def test_a_public_url_that_is_none_is_refused_at_start(url: str) -> None:
    with pytest.raises(core_settings.ConfigError, match="GATEHOUSE_PUBLIC_CONSOLE_URL"):
        core_settings.load({"GATEHOUSE_PUBLIC_CONSOLE_URL": url})


def test_production_without_a_public_url_is_said_at_start(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    create_app(replace(settings, environment="production")).close()
    assert "GATEHOUSE_PUBLIC_CONSOLE_URL is not set" in "".join(capsys.readouterr())
    create_app(replace(settings, environment="production", public_console_url=PUBLIC)).close()
    assert "GATEHOUSE_PUBLIC_CONSOLE_URL" not in "".join(capsys.readouterr())
