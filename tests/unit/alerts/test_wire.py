"""Nothing secret comes back out of the wire."""

from threading import Thread

import pytest

from alerts.wire import Unanswered, Wire


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
    with pytest.raises(Unanswered, match=r"^127\.0\.0\.1 did not answer \(\w+\)$"):
        Wire(lambda _: "").post("http://127.0.0.1:9/hush?key=hush", b"", {}, 0.5)
