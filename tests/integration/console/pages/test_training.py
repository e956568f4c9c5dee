"""Training from the page on real stores: a file, its mapping, the run, the card; refusals, stopping, who may what."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from console import training_reads
from console.app import PREFIX
from core import bounded_process, clock
from core.audit import chain
from core.db.engine import Database
from core.models import registry, roles, training_runs, uploads
from core.models.file_preview import FIELDS
from core.settings import Settings
from core.stores import Stores
from tests.components import fields, seen
from tests.integration.console.conftest import Person
from tests.training import file, sent, work
from tests.unit.ml.broken_csv import CASES

Make = Callable[[str, str], Person]
TRAINING = f"{PREFIX}model/training"


@pytest.fixture
def step(stores: Stores, settings: Settings) -> Callable[[], None]:
    """A training worker does all that waits."""
    return lambda: work(stores, settings, time.time())


def give(person: Person, content: bytes, name: str = "history.csv") -> Any:
    data = {"csrf": person.token(), **sent(content, name)}
    return person.client.post(f"{TRAINING}/files", data=data, content_type="multipart/form-data")


def text_of(answer: Any, status: int = 200) -> str:
    return seen(answer, status)


def to_mapping(person: Person, step: Callable[[], None], content: bytes, name: str = "history.csv") -> tuple[str, Any]:
    """Give a file and let a worker look; the address of its page and what that answers."""
    answer = give(person, content, name)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    place = answer.headers["Location"]
    step()
    return place, person.client.get(place)


def test_a_file_goes_all_the_way_to_a_champion(
    person: Make, step: Callable[[], None], stores: Stores, db: Database
) -> None:
    olga = person("olga", "operator")
    place = give(olga, file()).headers["Location"]
    assert "A training worker is reading the file" in text_of(olga.client.get(place))
    step()
    shown = olga.client.get(place)
    html, form = text_of(shown), fields(shown)
    assert (form["label"], form["time"], form["entity"], form["amount"], form["id"]) == ("7", "6", "5", "4", "")
    assert form["use-6"] == "auto"
    assert "phone (" in html
    answer = olga.client.post(place, data={"csrf": olga.token(), **form, "promote": "never", "delay_days": "2"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    run = answer.headers["Location"]
    assert "waiting for a training worker" in text_of(olga.client.get(run))
    step()
    html = text_of(olga.client.get(run))
    assert "Quality" in html
    assert "There is no champion yet" in html
    assert "comparing with the champion" in html
    card = registry.card(db, 1)
    assert card is not None
    assert card["data"]["source"] == "history.csv, column 'is_fraud'"
    assert card["split"]["delay_days"] == 2.0
    assert card["measures"]["auc_roc"] > 0.85
    assert registry.champion(stores.live, db) is None
    (row,) = chain.listed(db, chain.Filter(action="training.upload"))
    assert row.actor == "olga"
    assert "history.csv" in str(row.after)
    assert "model 1" in text_of(olga.client.get(TRAINING))


def registered_again(db: Database) -> int:
    """Model 1 once more, under a number of its own."""
    with db.transaction() as connection:
        columns = "algorithm, artefact, features, reference, metrics, fingerprint, note"
        again = f"INSERT INTO models ({columns}) SELECT {columns} FROM models WHERE version = 1 RETURNING version"
        return int(connection.execute(text(again)).scalar_one())


def waiting_for_a_decision(person: Person, step: Callable[[], None], stores: Stores, db: Database) -> str:
    """Model 1, which knows nothing, is the champion; the address of a run whose model 2 is better and waits."""
    run = ""
    for turned, promote in ((True, "never"), (False, "ask")):
        place, shown = to_mapping(person, step, file(turned=turned, n=1200))
        sent_form = {**fields(shown), "promote": promote, "keep_known": "on"}
        run = person.client.post(place, data={"csrf": person.token(), **sent_form}).headers["Location"]
        step()
        if turned:
            registry.promote(stores.live, db, 1)
    return run


def test_a_better_one_waits_for_a_decision_and_is_promoted(
    person: Make, step: Callable[[], None], stores: Stores, db: Database
) -> None:
    olga = person("olga", "operator")
    run = waiting_for_a_decision(olga, step, stores, db)
    html = text_of(olga.client.get(run))
    assert "The new model is \nbetter\n" in html
    assert "Decision" in html
    assert registry.role(db, "challenger") == 2
    ann = person("ann", "analyst")
    assert "Decision" not in text_of(ann.client.get(run))
    path = run.removeprefix(PREFIX)
    assert ann.post(f"{path}/promote")[0] == 403
    registry.promote(stores.live, db, registered_again(db))
    html = text_of(olga.client.get(run))
    assert "model 3 is in service now, and the two have not been compared" in html
    assert (f"{run}/promote" in html, f"{run}/refuse" in html) == (False, True)
    status, said = olga.post(f"{path}/promote")
    assert status == 409
    assert "model 3 is in service now" in said
    registry.promote(stores.live, db, 1)
    assert olga.post(f"{path}/promote")[0] == 303
    assert (registry.champion(stores.live, db), registry.role(db, "challenger")) == (2, None)
    assert "olga promoted the model" in text_of(olga.client.get(run))
    status, said = olga.post(f"{path}/refuse")
    assert status == 409
    assert "This run is not waiting for a decision" in said
    assert chain.listed(db, chain.Filter(action="model.promote"))[0].actor == "olga"


def test_a_run_whose_place_was_taken_says_so_and_offers_nothing(
    person: Make, step: Callable[[], None], stores: Stores, db: Database
) -> None:
    olga = person("olga", "operator")
    run = waiting_for_a_decision(olga, step, stores, db)
    with db.transaction() as connection:
        roles.assign(connection, registered_again(db), "challenger", actor="test")
    html = text_of(olga.client.get(run))
    assert "no longer in shadow mode: replaced by model 3" in html
    assert f"{run}/promote" in html, "it was compared with who serves"
    place, form = to_mapping(olga, step, file(n=1200, seed=2))
    later = olga.client.post(
        place, data={"csrf": olga.token(), **fields(form), "promote": "ask", "keep_known": "on"}
    ).headers["Location"]
    step()
    html = text_of(olga.client.get(run))
    assert "No decision was made before" in html
    assert later in html
    assert "Needs a decision" not in html
    assert (f"{run}/promote" in html, f"{run}/refuse" in html) == (False, False)
    assert olga.post(f"{run.removeprefix(PREFIX)}/promote")[0] == 409
    assert f"{later}/promote" in text_of(olga.client.get(later))


def test_a_refused_mapping_says_by_field_what_is_wrong(person: Make, step: Callable[[], None], db: Database) -> None:
    ann = person("ann", "analyst")
    place, shown = to_mapping(ann, step, file().replace(b",0\n", b",\n", 1))
    form = {**fields(shown), "time": "7", "delay_days": "soon", "note": "keep <me>", "skip_unlabelled": ""}
    wrong = ann.client.post(place, data={"csrf": ann.token(), **form}).get_json()["fields"]
    assert wrong["time"] == "'is_fraud' is already used as label."
    assert wrong["delay_days"] == "Enter a number of days."
    assert "1 rows have no label" in wrong["skip_unlabelled"]
    assert ann.client.post(place, data={"csrf": ann.token(), **fields(shown), "label": "99"}).status_code == 400
    assert ann.client.post(place, data={"csrf": ann.token(), **fields(shown), "promote": "better"}).status_code == 400
    assert not training_runs.listed(db)


def test_how_the_rows_that_judge_are_chosen_is_the_persons(
    person: Make, step: Callable[[], None], db: Database
) -> None:
    ann = person("ann", "analyst")
    content = file().replace(b"is_fraud", b"outcome").replace(b",0\n", b",fine\n").replace(b",1\n", b",stolen\n")
    place, shown = to_mapping(ann, step, content.replace(b",fine\n", b",open\n", 40))
    form = {**fields(shown), "label": "7", "fraud_is": "stolen", "skip_unlabelled": "on"}
    wrong = {"test_share": "0.2", "test_days": "x", "test_from": "soon", "folds": "99", "legit_is": "good"}
    answer = ann.client.post(place, data={"csrf": ann.token(), **form, **wrong})
    assert answer.status_code == 400
    for field, said in (
        ("test_days", "Enter a number of days above 0."), ("test_from", "'soon' is not a date or time in UTC"),
        ("folds", "Enter a whole number from 1 to 50."), ("legit_is", "has no value 'good': fine, open, stolen."),
    ):  # fmt: skip
        assert said in answer.get_json()["fields"][field]
    assert not training_runs.listed(db)
    good = {"legit_is": "fine", "test_from": "2026-01-20", "test_days": "7", "folds": "2"}
    answer = ann.client.post(place, data={"csrf": ann.token(), **form, **good})
    assert answer.status_code == 303, text_of(answer, answer.status_code)
    run = answer.headers["Location"]
    step()
    assert "Quality" in text_of(ann.client.get(run))
    card = registry.card(db, 1)
    assert card is not None
    assert card["split"]["test"] == "from 2026-01-20T00:00:00.000Z on, 7 days"
    assert (card["split"]["test_from"][:10], card["split"]["test_to"][:10]) == ("2026-01-20", "2026-01-26")
    assert len(card["folds"]) == 2
    assert any("40 rows without a label" in reason for reason in card["data"]["left_out"])
    back = fields(ann.client.get(f"{place}?run={run.rsplit('/', 1)[1]}"))
    assert (back["legit_is"], back["test_days"], back["folds"]) == ("fine", "7", "2")
    again = {**back, "test_from": "", "test_days": "", "folds": "1", "shuffle": "on", "test_share": "0.3"}
    run = ann.client.post(place, data={"csrf": ann.token(), **again}).headers["Location"]
    step()
    card = registry.card(db, 2)
    assert card is not None
    assert card["split"]["test"] == "random, 0.3 of the rows"
    late = {**back, "test_from": "2026-06-01"}
    run = ann.client.post(place, data={"csrf": ann.token(), **late}).headers["Location"]
    step()
    assert "Test from, Test days: the test begins 2026-06-01" in text_of(ann.client.get(run))


def test_files_that_cannot_be_read_say_so_in_one_sentence(person: Make, step: Callable[[], None], db: Database) -> None:
    ann = person("ann", "analyst")
    seen = 0
    for case in [case for case in CASES if case.place in ("", ", row 3") and not case.more][:12]:
        answer = give(ann, case.content, "data.csv")
        if answer.status_code == 400:
            assert "is empty" in text_of(answer, 400)
            continue
        step()
        place = answer.headers["Location"]
        html = text_of(ann.client.get(place))
        one = uploads.one(db, int(place.rsplit("/", 1)[1]))
        assert one is not None
        if one.state == "refused":
            seen += 1
            assert case.reason in html
            assert f"data.csv{case.place}" in html
        assert ann.post(f"{place.removeprefix(PREFIX)}/discard")[0] == 303
    assert seen >= 6
    assert not registry.listing(db)
    assert not uploads.listed(db)


def test_a_bad_value_fails_the_run_by_row_and_column_and_can_be_mapped_anew(
    person: Make, step: Callable[[], None], db: Database
) -> None:
    ann = person("ann", "analyst")
    content = file().split(b"\n")
    content[6] = b"fast," + content[6].split(b",", 1)[1]
    place, shown = to_mapping(ann, step, b"\n".join(content))
    run = ann.client.post(place, data={"csrf": ann.token(), **fields(shown)}).headers["Location"]
    step()
    html = text_of(ann.client.get(run))
    what = "history.csv, row 7, column 'speed': 'fast' is not a number"
    assert f"{what}; under Use choose “exclude” or “categorical feature”" in html
    assert "--ignore" not in html
    form = text_of(ann.client.get(place))
    assert [words for words in FIELDS.values() if words not in form] == [], "the form has the fields that errors name"
    assert "Training failed." in html
    assert not registry.listing(db)
    again = re.search(r"^(.*files/\d+\?run=\d+)$", html, re.M)
    assert again
    assert fields(ann.client.get(again.group(1)))["label"] == "7"


def test_a_file_that_is_too_large_is_refused_clearly(person: Make, db: Database, settings: Settings) -> None:
    ann = person("ann", "analyst")
    most = settings.config.uploads.max_bytes
    assert "larger than 64 MiB" in text_of(give(ann, b"x" * (most + 1)), 400)
    assert "larger than 64 MiB" in text_of(give(ann, b"x" * (most + 200_000)), 413)
    assert "Choose a file." in text_of(give(ann, b"", ""), 400)
    assert not uploads.listed(db)
    with db.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM upload_chunks")).scalar() == 0


def test_an_empty_file_is_named_as_it_is_called(person: Make) -> None:
    assert "The file empty.csv is empty." in text_of(give(person("ann", "analyst"), b"", "empty.csv"), 400)


def test_only_its_owner_or_an_operator_lets_a_file_go(person: Make, step: Callable[[], None], db: Database) -> None:
    ann, bob, olga = person("ann", "analyst"), person("bob", "analyst"), person("olga", "operator")
    for content in (file(), b"PK\x03\x04"):
        place, shown = to_mapping(ann, step, content)
        path = f"{place.removeprefix(PREFIX)}/discard"
        assert path in text_of(shown)
        assert path not in text_of(bob.client.get(place))
        status, said = bob.post(path)
        assert (status, "Only the uploader or an operator can delete the file." in said) == (403, True)
        assert path in text_of(olga.client.get(place))
    assert len(uploads.listed(db)) == 2
    assert olga.post("model/training/files/1/discard")[0] == 303
    assert ann.post("model/training/files/2/discard")[0] == 303
    assert not uploads.listed(db)


def test_what_people_do_about_files_and_runs_is_audited_with_their_address(
    person: Make, step: Callable[[], None], stores: Stores, db: Database
) -> None:
    ann, olga = person("ann", "analyst"), person("olga", "operator")
    place, shown = to_mapping(ann, step, file())
    run = ann.client.post(place, data={"csrf": ann.token(), **fields(shown)}).headers["Location"].removeprefix(PREFIX)
    assert ann.post(f"{run}/cancel")[0] == 303
    assert ann.post(f"{place.removeprefix(PREFIX)}/discard")[0] == 303
    waiting_for_a_decision(olga, step, stores, db)
    assert olga.post("model/training/runs/3/refuse")[0] == 303
    assert olga.post("model/versions/2/promote")[0] == 303
    done = [one for one in chain.listed(db, chain.Filter()) if one.actor in ("ann", "olga")]
    wanted = {
        "training.upload",
        "training.discard",
        "training.cancel",
        "training.refuse",
        "model.promote",
        "model.release",
    }
    assert wanted <= {one.action for one in done}
    assert [one.action for one in done if one.ip != "127.0.0.1" and not by_the_worker(one)] == []


def by_the_worker(one: chain.Entry) -> bool:
    """The training worker gives the shadow to what it made, in the name of who asked for it."""
    return one.target == "model:challenger" and one.action == "model.promote"


def test_a_waiting_run_is_cancelled_by_whoever_asked_or_an_operator(
    person: Make, step: Callable[[], None], db: Database
) -> None:
    ann, bob = person("ann", "analyst"), person("bob", "analyst")
    place, shown = to_mapping(ann, step, file())
    run = ann.client.post(place, data={"csrf": ann.token(), **fields(shown)}).headers["Location"]
    path = run.removeprefix(PREFIX)
    assert ann.post(f"{place.removeprefix(PREFIX)}/discard")[0] == 409
    assert bob.post(f"{path}/cancel")[0] == 403
    assert ann.post(f"{path}/cancel")[0] == 303
    html = text_of(ann.client.get(run))
    assert "cancelled by ann before it began" in html
    assert ann.post(f"{path}/cancel")[0] == 409
    step()
    assert not registry.listing(db)


def test_viewers_look_and_do_not_touch(person: Make) -> None:
    assert give(person("ann", "analyst"), file()).status_code == 303
    vic = person("vic", "viewer")
    html = text_of(vic.client.get(TRAINING))
    assert "No training runs yet." in html
    assert "Train from a file" not in html
    assert "Uploaded files" in html
    assert f"{TRAINING}/files/" not in html
    assert give(vic, file()).status_code == 403
    assert vic.post("model/training/stored", days="30")[0] == 403
    assert vic.client.get(f"{TRAINING}/runs/1").status_code == 404


def test_stored_labels_are_counted_and_trained_on(person: Make, db: Database) -> None:
    olga = person("olga", "operator")
    assert "No labels yet" in text_of(olga.client.get(TRAINING))
    assert "Between 1 and 3,650 days." in olga.post("model/training/stored", days="0")[1]
    status, _ = olga.post("model/training/stored", days="30", algorithm="forest", promote="ask", note="try it")
    assert status == 303
    (run,) = training_runs.listed(db)
    assert (run.source, run.requested_by, run.options["days"], run.options["promote"]) == ("stored", "olga", 30, "ask")


def test_what_no_form_sends_is_refused_and_never_an_error_of_ours(
    person: Make, step: Callable[[], None], db: Database
) -> None:
    ann = person("ann", "analyst")
    for days in ("\u00b2", "0001099999999", "9" * 5000, "-1", "1e3", ""):
        assert "Between 1 and 3,650 days." in ann.post("model/training/stored", days=days)[1]
    status, _ = ann.post("model/training/stored", days="30", note="a\0b")
    assert status == 400
    assert ann.post("model/training/stored", days="30", note="ab")[0] == 303
    place, shown = to_mapping(ann, step, file())
    form = fields(shown)
    for part, value in (
        ("label", "\u00b2"),
        ("time", "-1"),
        ("use-0", "\0"),
        ("delay_days", "nan"),
        ("fraud_is", "\0x"),
    ):
        assert ann.client.post(place, data={"csrf": ann.token(), **form, part: value}).status_code == 400, part
    assert ann.client.get(f"{place}?run=\u00b2").status_code == 200
    assert ann.client.post(place, data={"csrf": ann.token(), **form, "note": "a\0b"}).status_code == 400
    assert ann.client.post(place, data={"csrf": ann.token(), **form, "note": "ab"}).status_code == 303
    run, *_ = training_runs.listed(db)
    assert run.options["note"] == "ab"


def test_a_file_may_hold_anything_that_text_can(person: Make, step: Callable[[], None], db: Database) -> None:
    ann = person("ann", "analyst")
    evil = '<script>alert(1)</script>"'
    content = (
        f'"{evil.replace(chr(34), chr(34) * 2)}",kind,is_fraud\n' + "=cmd()|x,\\u0000,0\n<img src=x>,b\u202e,1\n" * 40
    )
    place, _ = to_mapping(ann, step, content.encode(), f"{evil}\x01.csv")
    one = uploads.one(db, int(place.rsplit("/", 1)[1]))
    assert one is not None
    assert one.look is not None, one.message
    assert [value for value, _ in one.look.columns[1].values] == ["\\u0000", "b\u202e"]
    raw = ann.client.get(place).get_data(as_text=True)
    assert "<script>alert" not in raw + ann.client.get(TRAINING).get_data(as_text=True)
    assert "<img src=x" not in raw


def test_how_a_file_was_read_is_said_before_it_is_mapped(person: Make, step: Callable[[], None], db: Database) -> None:
    rows = "".join(f"{i};Köln;{i}%;{i % 2}\n" for i in range(60))
    _, shown = to_mapping(person("ann", "analyst"), step, f"when;city;share;is_fraud\n{rows}".encode("cp1252"))
    assert "read as windows-1252: row 2 has" in text_of(shown)
    assert "Numbers with a unit were read without it" in text_of(shown)


def test_a_double_click_asks_once(person: Make, step: Callable[[], None], db: Database) -> None:
    ann = person("ann", "analyst")
    place, shown = to_mapping(ann, step, file())
    first, second = (
        ann.client.post(place, data={"csrf": ann.token(), **fields(shown)}).headers["Location"] for _ in range(2)
    )
    other = ann.client.post(place, data={"csrf": ann.token(), **fields(shown), "algorithm": "forest"}).headers[
        "Location"
    ]
    assert first == second != other
    assert len(training_runs.listed(db)) == 2
    assert len(chain.listed(db, chain.Filter(action="training.request"))) == 2


def test_a_run_that_promotes_by_itself_wants_the_second_factor_too(
    person: Make, step: Callable[[], None], db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = person("olga", "operator")
    place, shown = to_mapping(olga, step, file())
    form = fields(shown)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 3600)
    answer = olga.client.post(place, data={"csrf": olga.token(), **form, "promote": "better"})
    assert answer.status_code == 403
    assert 'name="promote" value="better"' in answer.get_data(as_text=True)
    assert olga.post("model/training/stored", days="30", promote="ask")[0] == 403
    assert not training_runs.listed(db)
    assert olga.client.post(place, data={"csrf": olga.token(), **form, "promote": "never"}).status_code == 303


def test_a_file_that_goes_while_its_form_is_open_is_missed_clearly(
    person: Make, step: Callable[[], None], db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = person("ann", "analyst")
    place, shown = to_mapping(ann, step, file())
    right = training_runs.alike

    def slowly(*given: Any) -> int | None:
        with db.transaction() as connection:
            assert uploads.discard(connection, chain.Audit("k" * 40), 1, "bob")
        return right(*given)

    monkeypatch.setattr(training_runs, "alike", slowly)
    answer = ann.client.post(place, data={"csrf": ann.token(), **fields(shown)})
    assert answer.status_code == 404
    assert "has been deleted" in answer.get_data(as_text=True)
    assert not training_runs.listed(db)


def test_an_error_of_ours_at_a_look_is_told_at_once(
    person: Make, step: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = person("ann", "analyst")

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(bounded_process, "call", broken)
    _, shown = to_mapping(ann, step, file())
    assert "an error of ours: RuntimeError" in text_of(shown)


def test_labels_are_counted_once_for_all_who_look(person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[float] = []
    right = training_reads.available

    def counting(*given: Any) -> Any:
        counted.append(given[1])
        return right(*given)

    monkeypatch.setattr(training_reads, "available", counting)
    ann, vic = person("ann", "analyst"), person("vic", "viewer")
    text_of(vic.client.get(TRAINING))
    assert not counted
    for query in ("", "?fragment=1", ""):
        text_of(ann.client.get(TRAINING + query))
    assert len(counted) == 1
