"""The checked-in schema is what the migrations make."""

from stack.postgres import Postgres
from tests.schema import SCHEMA, dump


def test_the_schema_file_is_what_the_migrations_make(postgres_server: Postgres) -> None:
    assert SCHEMA.read_text() == dump(postgres_server), "run `make schema` and look at the difference"
