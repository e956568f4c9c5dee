"""The audit log's page: its filter by address, the rest of a long log, and names that reorder nothing."""

from collections.abc import Callable

from console.app import PREFIX
from core import codec
from core.audit.chain import Audit
from core.db.engine import Database
from tests.integration.console.conftest import VARIABLES, Person

Make = Callable[[str, str], Person]


def rows_of(person: Person, query: str = "") -> str:
    return person.client.get(f"{PREFIX}audit?fragment=1&{query}").get_data(as_text=True)


def test_a_long_log_is_read_in_steps(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    audit = Audit(VARIABLES["GATEHOUSE_SECRET_KEY"])
    with db.transaction() as connection:
        for number in range(60):
            audit.append(connection, "bob", "note.write", f"note:{number}")
    first = rows_of(admin, "actor=bob")
    assert "note:59" in first
    assert "note:9<" not in first
    older = first.split("audit?actor=bob&amp;below=")[1].split('\\"')[0]
    rest = rows_of(admin, f"actor=bob&below={older}")
    assert "note:9<" in rest
    assert "note:10<" not in rest
    assert "below=" not in rest


def test_a_bad_day_is_said_by_its_field_and_the_rest_stays(person: Make) -> None:
    admin = person("admin", "admin")
    answer = admin.client.get(f"{PREFIX}audit?fragment=1&from=yesterday&actor=bob")
    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert "Enter a day as YYYY-MM-DD." in text
    assert 'value=\\"bob\\"' in text


def test_a_name_from_outside_reorders_nothing(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    with db.transaction() as connection:
        Audit(VARIABLES["GATEHOUSE_SECRET_KEY"]).append(connection, "bob\u202e", "note.write", "note:1")
    shown = str(codec.decode(rows_of(admin, "action=note.write").encode()))
    assert "\u202e" not in shown
    assert "u202e" in shown


def test_the_check_of_the_chain_is_no_change_and_leaves_no_row(person: Make) -> None:
    admin = person("admin", "admin")
    before = rows_of(admin).count("<table")
    assert "unbroken chain" in admin.post("audit/verify")[1]
    assert "data-key" not in rows_of(admin, "action=audit_verify")
    assert "data-key" in rows_of(admin)
    assert before == 1
