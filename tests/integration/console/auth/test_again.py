"""Which forms a page keeps that could not be taken: small ones of our own pages, without their secrets."""

import re

import pytest

from console.app import PREFIX
from console.auth import again
from core.web.app import App

OWN = {"Sec-Fetch-Site": "same-origin"}
TYPE = "application/x-www-form-urlencoded"


def kept(app: App, body: str, headers: dict[str, str], kind: str = TYPE) -> tuple[list[tuple[str, str]], str]:
    """The fields that the page keeps, and the page."""
    with app.test_request_context(
        f"{PREFIX}users/invite", method="POST", data=body, headers=headers, content_type=kind
    ):
        answer = again.ask_again(PREFIX, "fresh-token")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    found = re.findall(r'name="([^"]+)" value="([^"]*)"', page)
    return [(name, value) for name, value in found if name != "csrf"], page


@pytest.mark.parametrize(
    ("headers", "is_kept"),
    [
        (OWN, True),
        ({"Origin": "http://localhost"}, True),
        ({}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
    ],
)
def test_only_a_form_that_is_proven_to_be_of_our_pages_is_kept(
    app: App, headers: dict[str, str], is_kept: bool
) -> None:
    fields, page = kept(app, "name=ann&role=viewer&role=analyst", headers)
    assert ("Fill in the form again" in page) is not is_kept
    assert fields == ([("name", "ann"), ("role", "viewer"), ("role", "analyst")] if is_kept else [])


def test_a_form_is_kept_up_to_the_largest(app: App) -> None:
    body = "a=" + "x" * (again.LARGEST - 2)
    assert [name for name, _ in kept(app, body, OWN)[0]] == ["a"]
    assert kept(app, body + "x", OWN)[0] == []


def test_no_file_is_kept(app: App) -> None:
    body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
    assert kept(app, body, OWN, "multipart/form-data; boundary=b")[0] == []


@pytest.mark.parametrize("name", sorted(again.SECRETS))
def test_a_secret_is_typed_again_and_a_form_without_its_own_is_not_offered_as_whole(app: App, name: str) -> None:
    whole = kept(app, "role=viewer", OWN)[1]
    fields, page = kept(app, f"role=viewer&{name}=of-before", OWN)
    assert fields == ([("role", "viewer")] if name in again.FACTORS else [])
    assert "of-before" not in page
    assert (page == whole) is (name in again.FACTORS), "a factor is asked for anew where it is needed"
