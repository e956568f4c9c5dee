"""channels.toml: the shipped one is right, and each mistake is named."""

import shutil
from pathlib import Path

import msgspec
import pytest

from alerts.notify import channel_registry
from alerts.notify.stages.record import DeliveryConfig
from core import settings
from core.errors import ConfigError


def load(tmp_path: Path, text: str | None = None, **environ: str):
    folder = tmp_path / "config"
    shutil.copytree(settings.ROOT / "config", folder)
    if text is not None:
        (folder / "channels.toml").write_text(text)
    return channel_registry.load(settings.load({"GATEHOUSE_CONFIG": str(folder), **environ}))


def test_the_shipped_file_has_every_kind(tmp_path):
    _, found = load(tmp_path)
    kinds = {kind.KIND for kind, _ in found}
    assert kinds == {"pagerduty", "slack", "email", "sms", "alertmanager", "webhook", "log"}


def test_what_a_channel_lacks_is_said(tmp_path):
    shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    known = settings.load({"GATEHOUSE_CONFIG": str(tmp_path / "config"), "GATEHOUSE_PAGERDUTY_ROUTING_KEY": "x" * 32})
    lacking = dict(channel_registry.lacking(known))
    assert (lacking["pagerduty"], lacking["log"]) == ([], [])
    assert lacking["sms-security"] == ["GATEHOUSE_TWILIO_ACCOUNT", "GATEHOUSE_TWILIO_TOKEN", "sender", "to"]


def test_a_log_is_always_there(tmp_path):
    _, found = load(tmp_path, "")
    assert [parameters.name for _, parameters in found] == ["log"]


def test_variables_choose_the_account(tmp_path):
    _, found = load(tmp_path, None, GATEHOUSE_PAGERDUTY_URL="https://events.eu.pagerduty.com")
    own = next(parameters for kind, parameters in found if kind.KIND == "pagerduty")
    assert own.url == "https://events.eu.pagerduty.com"


LOG = '[[channel]]\nname = "a"\nkind = "log"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (LOG + LOG, "two channels are named 'a'"),
        (LOG + 'fallback = "b"', "the fallback 'b' of channel 'a' is not a channel"),
        (LOG + 'fallback = "a"', "channel 'a' is its own fallback"),
        ('[delivery]\nlast_resort = "z"\n' + LOG, "last_resort 'z' is not a channel"),
        ("[delivery]\nclaim_seconds = 5\n" + LOG, "claim_seconds must be at least twice"),
        ('[[channel]]\nname = "a"\nkind = "pigeon"', "pigeon"),
        ('[[channel]]\nname = "a"\nkind = "slack"\nwebhook_url = "https://hooks.slack.com/x"', "webhook_url"),
        ('[[channel]]\nname = "a"\nkind = "sms"\naccount = "GATEHOUSE_A"\ntoken = "GATEHOUSE_B"\nto = "0171"', "to"),
        (LOG + "per_minute = 0", "per_minute"),
        (LOG + "spede = 1", "spede"),
        (LOG.replace('"a"', '"A b"'), "name"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, problem):
    with pytest.raises(ConfigError, match=r"channels\.toml") as caught:
        load(tmp_path, text)
    assert problem in str(caught.value)


@pytest.mark.parametrize("field", ["longest_retry_after", "urgent_patience"])
@pytest.mark.parametrize("value", [float("inf"), float("nan"), 0.0, -1.0, 3600.5, 1e300])
def test_a_pause_that_nobody_could_compute_or_wants_is_refused(field: str, value: float) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert({field: value}, DeliveryConfig)
    assert msgspec.convert({field: 60.0}, DeliveryConfig)
