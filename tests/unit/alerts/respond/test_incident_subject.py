"""Whom an incident is about."""

from types import SimpleNamespace

import pytest

from alerts.respond import incident_subject
from alerts.respond.action import Declined, Incident


def incident(series="", **details):
    return Incident("i", "A4", series, "critical", "t", "s", "open", "c", details)


RUN = SimpleNamespace(parameters={})


def test_the_account_is_named_by_the_details_or_is_the_series():
    assert incident_subject.account(incident("Series"), RUN) == "series"
    assert incident_subject.account(incident("x", account=" Kim "), RUN) == "kim"
    with pytest.raises(Declined):
        incident_subject.account(incident(), RUN)


def test_whose_account_it_is():
    assert incident_subject.is_own(incident(source="console"), RUN) is True
    assert incident_subject.is_own(incident(source="platform"), RUN) is False
    assert incident_subject.is_own(incident(), RUN) is None


def test_addresses_and_wallets_each_once():
    found = incident(ips=["203.0.113.1", "203.0.113.2"], ip="203.0.113.1", wallets=["w"])
    assert incident_subject.addresses(found, RUN) == ["203.0.113.1", "203.0.113.2"]
    assert incident_subject.wallets(found, RUN) == ["w"]
    assert incident_subject.addresses(incident(), RUN) == []
