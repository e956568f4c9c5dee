"""`POST /internal/profile`: a real flame graph of a real gunicorn worker, one at a time, for administrators only."""

import threading
import time

import pytest
import urllib3

from tests.serving import served

TOKEN = "an-internal-token-of-this-test-0123456789"


@pytest.fixture
def api(database_url, redis_url, tmp_path):
    with served(
        database_url, redis_url, tmp_path, variables={"GATEHOUSE_AUTH": "on", "GATEHOUSE_INTERNAL_TOKEN": TOKEN}
    ) as (url, _):
        yield url


def profile(url, query="?seconds=1", token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return urllib3.request("POST", f"{url}/internal/profile{query}", headers=headers, timeout=30, retries=False)


def test_a_live_process_is_profiled_while_it_works(api):
    stop = threading.Event()

    def work():
        while not stop.is_set():
            urllib3.request("GET", f"{api}/readyz", retries=False)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        answer = profile(api, "?seconds=2&rate=200")
    finally:
        stop.set()
        thread.join()
    assert answer.status == 200, answer.data
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert b"readyz" in answer.data or b"full_dispatch_request" in answer.data


def test_it_is_for_administrators_and_one_at_a_time(api):
    assert profile(api, token="").status == 401
    assert profile(api, "?seconds=61").status == 400
    assert profile(api, "?minutes=1").status == 400
    first = []
    thread = threading.Thread(target=lambda: first.append(profile(api, "?seconds=2").status))
    thread.start()
    time.sleep(0.7)
    assert profile(api).status == 409
    thread.join()
    assert first == [200]


def test_it_is_left_out_of_the_public_document(api):
    document = urllib3.request("GET", f"{api}/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert "/internal/profile" not in document["paths"]
