"""The page of one's own account: codes shown once, passkeys where there is a host name, what is wrong by its field."""

from collections.abc import Callable

from console.app import PREFIX
from core import codec
from tests.integration.console.conftest import PASSWORD, Person

Make = Callable[[str, str], Person]


def test_new_codes_have_a_file_and_are_shown_once(person: Make) -> None:
    ann = person("ann", "viewer")
    status, text = ann.post("account/codes")
    answer = codec.decode(text.encode())
    assert status == 200
    assert answer["file"] == "gatehouse-recovery-codes-ann.txt"
    page = ann.client.get(f"{PREFIX}account").get_data(as_text=True)
    assert "10 of 10 left" in page
    assert not any(code in page for code in answer["secret"].split())


def test_passkeys_want_a_host_name(person: Make) -> None:
    ann = person("ann", "viewer")
    url = {"base_url": "http://127.0.0.1"}
    for cookie in (ann.client.get_cookie("gatehouse_session", path=PREFIX),):
        assert cookie
        ann.client.set_cookie("gatehouse_session", cookie.value, path=PREFIX, domain="127.0.0.1")
    token = ann.client.get(f"{PREFIX}login/session", **url).get_json()["csrf"]
    answer = ann.client.post(f"{PREFIX}account/passkeys/new", data={"csrf": token}, **url)
    assert answer.status_code == 400
    assert "need a host name" in answer.get_json()["detail"]


def test_what_is_wrong_with_a_password_stands_by_its_field(person: Make) -> None:
    ann = person("ann", "viewer")
    new = "violet anchor misled tundra"
    for fields, wrong in (
        ({"old": "x", "new": new, "again": new}, "old"),
        ({"old": PASSWORD, "new": "password1234", "again": "password1234"}, "new"),
        ({"old": PASSWORD, "new": new, "again": "x"}, "again"),
    ):
        status, text = ann.post("account/password", **fields)
        assert status == 400
        assert list(codec.decode(text.encode())["fields"]) == [wrong]
