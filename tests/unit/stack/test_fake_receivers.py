"""Local receivers join only where nobody configured a real channel, and always with the same secrets of this stack."""

from pathlib import Path

import pytest

from core import settings
from core.alerting import dev_channels
from stack import fake_receivers
from stack.home import Home


def test_a_real_channel_keeps_them_away() -> None:
    assert fake_receivers.wanted({"PATH": "/bin"})
    assert not fake_receivers.wanted({"GATEHOUSE_SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/x"})
    assert not fake_receivers.wanted({"GATEHOUSE_PAGERDUTY_ROUTING_KEY_FILE": "/run/secrets/pd"})


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
