"""The log: always there, one line a message."""

import json

import structlog

from alerts.notify.channels import log as channel
from alerts.notify.http_transport import Wire
from core import log
from tests.receiving import NOTICE


def test_one_line_names_the_incident(capsys):
    log.setup("test")
    own = channel.Parameters(name="log")
    assert channel.missing(own, Wire(lambda _: "")) == []
    channel.send(NOTICE, own, Wire(lambda _: ""))
    structlog.reset_defaults()
    line = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
    assert line["incident_id"] == NOTICE.incident_id
    assert line["event"] == "HIGH: Fraud rate is high: 4.212 % (limit 3 %)"
