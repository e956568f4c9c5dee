"""The review queue on real stores: who may label, and that two analysts do not review the same."""

from collections.abc import Callable

from tests.integration.console.conftest import Person
from tests.integration.console.pages.held import ids, page, post

Make = Callable[[str, str], Person]


def test_a_viewer_reads_and_does_not_label(stored: float, person: Make) -> None:
    vic = person("vic", "viewer")
    assert post(vic, "transactions/label", id="t1", label="fraud").status_code == 403
    assert post(vic, "transactions/queue/claim", id="t1").status_code == 403
    html = page(vic, "/queue")
    assert "Your role is read-only" in html
    assert html.values("data-queue") == []


def test_two_analysts_do_not_review_the_same(stored: float, person: Make) -> None:
    ann, bob = person("ann", "analyst"), person("bob", "analyst")
    assert ids(page(ann, "/queue")) == [f"t{n}" for n in range(10)]
    assert post(ann, "transactions/queue/claim", id="t0").json["mine"] is True
    assert post(bob, "transactions/queue/claim", id="t0").json["holder"] == "ann"
    assert page(bob, "/queue").rows()[0][-1] == "ann"
    assert post(bob, "transactions/label", id="t0", label="legit").status_code == 409
    assert post(ann, "transactions/label", id="t0", label="legit").status_code == 200
    assert ids(page(bob, "/queue"))[0] == "t1"
    assert post(ann, "transactions/queue/claim", id="t1").json["mine"] is True
    post(ann, "transactions/queue/release", id="t1")
    assert post(bob, "transactions/queue/claim", id="t1").json["mine"] is True
