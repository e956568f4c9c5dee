"""Local receivers join only where nobody configured a real channel, and always with the same secrets of this stack."""

from pathlib import Path

import pytest

from core import settings
from core.alerting import dev_channels
from stack import fake_receivers
from stack.home import Home


def test_a_real_channel_keeps_them_away() -> None:
    known = settings.load({})
    assert fake_receivers.wanted(known, {"PATH": "/bin"})
    assert not fake_receivers.wanted(known, {"GATEHOUSE_SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/x"})
    assert not fake_receivers.wanted(known, {"GATEHOUSE_PAGERDUTY_ROUTING_KEY_FILE": "/run/secrets/pd"})
    assert not fake_receivers.wanted(known, {"GATEHOUSE_CHANNEL_SECRETS": '{"GATEHOUSE_MATRIX_URL": "https://m"}'})


@pytest.fixture
def with_matrix(timeless_config: Path) -> settings.Settings:
    """A configuration with a channel of a kind that nothing here knows by name."""
    file = timeless_config / "channels.toml"
    lines = 'url = "GATEHOUSE_MATRIX_URL"\ntoken = "GATEHOUSE_MATRIX_TOKEN"\nroom = "${GATEHOUSE_MATRIX_ROOM:-ops}"\n'
    file.write_text(f'{file.read_text()}\n[[channel]]\nname = "matrix"\nkind = "matrix"\n{lines}')
    return settings.load({"GATEHOUSE_CONFIG": str(timeless_config)})


def test_a_channel_that_is_only_declared_gets_variables_too(with_matrix: settings.Settings, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.path.mkdir()
    env: dict[str, str] = {}
    fake_receivers.prepare(with_matrix, home, env)
    assert env["GATEHOUSE_MATRIX_URL"] == "http://127.0.0.1:8060/matrix"
    assert len(env["GATEHOUSE_MATRIX_TOKEN"]) >= 32
    assert "GATEHOUSE_MATRIX_ROOM" not in env, "it has a default"
    assert fake_receivers.wanted(with_matrix, {})
    assert not fake_receivers.wanted(with_matrix, {"GATEHOUSE_MATRIX_TOKEN": "t"})


def test_the_processes_get_variables_with_secrets_of_this_stack(tmp_path: Path) -> None:
    made = []
    for name in ("a", "a", "b"):
        home = Home(tmp_path / name)
        if not home.path.exists():
            home.path.mkdir()
        env: dict[str, str] = {}
        service = fake_receivers.prepare(settings.load({}), home, env)
        made.append(env)
        assert service.ready_url == "http://127.0.0.1:8060/healthz"
        assert dev_channels.PAGE_TOKEN not in env
        assert fake_receivers.page(settings.load({}), home).endswith(service.env[dev_channels.PAGE_TOKEN])
    first, again, other = made
    assert first == again
    secret = [name for name in first if name.endswith(("KEY", "TOKEN", "SECRET"))]
    assert len(secret) >= 4
    assert all(first[name] != other[name] and len(first[name]) >= 32 for name in secret)


@pytest.mark.parametrize("name", ["GATEHOUSE_PAGERDUTY_ROUTING_KEY", "GATEHOUSE_SMTP_URL", "GATEHOUSE_WEBHOOK_KEY"])
def test_every_secret_of_the_channels_is_among_them(name: str) -> None:
    assert name in dev_channels.variables("127.0.0.1", 1, 2, "", lambda _: "0" * 40)
