"""Nothing secret comes back out of the wire."""

import socket
from threading import Thread

import pytest

from alerts.notify import http_errors
from alerts.notify.channel import Transient
from alerts.notify.http_transport import Unanswered, Wire
from alerts.notify.retry_after import LONGEST


def test_what_was_handed_out_is_taken_out_of_texts():
    wire = Wire({"GATEHOUSE_A": "s3cret/with spaces", "GATEHOUSE_B": "s3cret"}.__getitem__)
    assert wire.clean("s3cret") == "s3cret", "nobody has asked for it yet"
    wire.secret("GATEHOUSE_A")
    wire.secret("GATEHOUSE_B")
    said = "refused s3cret/with spaces and s3cret%2Fwith%20spaces and s3cret"
    assert wire.clean(said) == "refused [secret] and [secret] and [secret]"


def test_an_empty_secret_hides_nothing():
    wire = Wire(lambda _: "")
    wire.secret("GATEHOUSE_A")
    assert wire.clean("abc") == "abc"


def test_threads_may_share_it():
    wire, failed = Wire(lambda name: f"secret-{name}"), []

    def work(number):
        try:
            for n in range(300):
                wire.secret(f"{number}-{n}")
                assert "secret-" not in wire.clean(f"x secret-{number}-{n} y")
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_no_answer_names_the_host_alone():
    with pytest.raises(Unanswered, match=r"^127\.0\.0\.1 did not respond \(\w+\)$"):
        Wire(lambda _: "").post("http://127.0.0.1:9/hush?key=hush", b"", {}, 0.5)


@pytest.mark.parametrize(
    "lines",
    [
        b"Retry-After: 5\r\nRetry-After: 7\r\n",
        b"Retry-After: \xff\xfe\xe9\r\n",
        b"Retry-After: " + b"9" * 400 + b"\r\n",
        b"Retry-After:\r\n",
        b"Retry-After: " + b"x" * 70_000 + b"\r\n",
        b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nDate: \x01\x02\r\n",
        b"".join(b"Retry-After: %d\r\n" % number for number in range(200)),
    ],
)
def test_any_header_of_a_receiver_is_survived(lines: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            link, _ = server.accept()
            with link:
                link.recv(65536)
                link.sendall(b"HTTP/1.1 429 Too Many\r\n" + lines + b"Content-Length: 0\r\nConnection: close\r\n\r\n")

        Thread(target=answer, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(Transient) as caught:
            http_errors.post(Wire(lambda _: ""), url, b"{}", {}, 5.0)
    assert caught.value.retry_after is None or 0.0 <= caught.value.retry_after <= LONGEST
