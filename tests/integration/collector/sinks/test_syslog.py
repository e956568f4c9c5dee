"""The syslog sink: RFC 5424 messages with octet counting, over TCP and over TLS with a checked certificate."""

import re
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from collector.sink import SinkAway
from collector.sinks.syslog import Config, SyslogSink, framed, message
from tests.integration.collector.sinks.peer import ITEMS, Listener
from tests.waiting import until

SHAPE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S{1,255}) gatehouse - security "
    rb'\[event@32473 id="(e\d)"\] \xef\xbb\xbf(\{.*\})'
)


def frames(data: bytes) -> list[bytes]:
    found = []
    while data:
        length, _, rest = data.partition(b" ")
        found.append(rest[: int(length)])
        data = rest[int(length) :]
    return found


def test_messages_are_rfc_5424_with_their_length_in_front() -> None:
    listener = Listener()
    sink = SyslogSink(Config(name="s", address=f"127.0.0.1:{listener.port}", tls=False))
    sink.send(ITEMS)
    assert until(lambda: listener.received.count(b"event@") == len(ITEMS))
    found = [SHAPE.fullmatch(frame) for frame in frames(listener.received)]
    assert [match and match[4] for match in found] == [b"e0", b"e1", b"e2", b"e3", b"e4"]
    assert found[0] is not None
    assert (found[0][1], found[0][5]) == (b"107", b'{"n":0}'), "facility 13 (audit) x 8 + severity 3"
    sink.close()
    listener.close()


def test_a_peer_that_went_away_is_noticed_and_found_again() -> None:
    listener = Listener()
    sink = SyslogSink(Config(name="s", address=f"127.0.0.1:{listener.port}", tls=False))
    sink.send(ITEMS[:1])
    assert until(lambda: b"e0" in listener.received)
    listener.drop()
    sink.send(ITEMS[1:2])
    assert until(lambda: b'"e1"' in listener.received)
    listener.close()
    listener.drop()
    with pytest.raises(SinkAway):
        sink.send(ITEMS[2:3])
    sink.close()


def test_tls_with_a_checked_certificate(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost -keyout key -out cert"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    listener = Listener(context)
    address = f"localhost:{listener.port}"
    trusted = SyslogSink(Config(name="s", address=address, ca_file=str(tmp_path / "cert")))
    trusted.send(ITEMS)
    assert until(lambda: len(frames(listener.received)) == len(ITEMS))
    trusted.close()
    with pytest.raises(SinkAway):
        SyslogSink(Config(name="s", address=address)).send(ITEMS)
    listener.close()


def test_ids_cannot_break_out_of_their_field() -> None:
    item = ITEMS[0].__class__('a"]\\', "low", 0.0, b"{}")
    assert b'id="a\\"\\]\\\\"]' in message(item, "h", "local0")
    assert framed(b"\xc3\xa9") == b"2 \xc3\xa9"
