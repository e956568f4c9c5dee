"""PostgreSQL: one engine a process, transactions, and one error when it does not answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import psycopg2
import psycopg2.extensions
from psycopg2.extras import execute_values as execute_values  # for statements of many rows
from sqlalchemy import Connection as Connection  # for those who are handed one
from sqlalchemy import Engine, create_engine, event
from sqlalchemy import TextClause as TextClause  # for those who put a statement together
from sqlalchemy import text as text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, TimeoutError

from core.db import autocommit
from core.db.query_times import CONNECTING, TimedPool
from core.errors import DatabaseUnavailable, GatehouseError, Refused

_CANCELLED = "57014"  # PostgreSQL's code of a statement that took longer than it may
# A statement goes on after its client died unless the server looks; of a machine that vanished nothing is heard at all.
# Only what this server has: the first is there where the operating system can tell.
_GONE = {
    "client_connection_check_interval": "2s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}
_has: dict[tuple[str, int, int], str] = {}  # what a server of a version has of them, as statements
_THEN = "gatehouse_after_commit"


class Database:
    """A pool of connections to one PostgreSQL. Opens nothing until it is used.

    Every method raises DatabaseUnavailable when the server cannot be reached or ends the session; work that was not
    committed is rolled back.
    """

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self._engine = _engine(url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=5, pool_pre_ping=True)
        beside = _engine(url, pool_size=autocommit.MOST, pool_reset_on_return=None, isolation_level="AUTOCOMMIT")
        self._autocommit = autocommit.AutocommitConnections(beside)
        self._most = 2 * pool_size
        event.listen(self._engine, "rollback", _forget)
        event.listen(self._engine, "rollback_savepoint", _forget)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A SQLAlchemy connection in a transaction, committed at the end.

        `cursor` gives the hot path one of psycopg2's; Refused is raised when PostgreSQL will not have what that sent.
        """
        try:
            then: list[Callable[[], object]] = []
            with self._engine.begin() as connection:
                yield connection.execution_options(**{_THEN: then})
        except (OperationalError, TimeoutError, psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise DatabaseUnavailable(_first_line(error)) from error
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            raise Refused(_first_line(error)) from error
        except DataError as error:
            raise Refused(_first_line(error)) from error
        except ValueError as error:
            raise _unstorable(error) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise DatabaseUnavailable(_first_line(error)) from error
            raise
        for work in then:
            work()

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """A psycopg2 connection in a transaction, committed at the end; for COPY and the hot path.

        Raises Refused when PostgreSQL will not have the data.
        """
        try:
            connection = self._engine.raw_connection()
        except (OperationalError, TimeoutError, psycopg2.OperationalError) as error:
            raise DatabaseUnavailable(_first_line(error)) from error
        try:
            yield connection.driver_connection
            connection.commit()
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            connection.invalidate()
            raise DatabaseUnavailable(_first_line(error)) from error
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            connection.rollback()
            raise Refused(_first_line(error)) from error
        except ValueError as error:
            connection.rollback()
            raise _unstorable(error) from error
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.close()

    def look(self, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of a statement that only reads, outside a transaction: one message to the server and back
        instead of four, for what every request asks.

        It has connections of its own; where they are busy, dead or not to be had, those of transactions are asked.
        """
        try:
            asked, row = self._autocommit.first_row(statement, values)
            if asked:
                return row
        except (OperationalError, psycopg2.OperationalError, psycopg2.InterfaceError):
            pass
        with self.raw() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cast("tuple[Any, ...] | None", cursor.fetchone())

    def ping(self) -> None:
        """Return when the server answers a query."""
        with self.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def pool_use(self) -> tuple[int, int]:
        """How many connections are in use, and the most there may be."""
        pool = cast(Any, self._engine.pool)
        return pool.checkedout(), self._most

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()
        self._autocommit.close()


def after_commit(connection: Connection, work: Callable[[], object]) -> None:
    """Do `work` once the transaction of `Database.transaction` is committed; not when it, or a part, is rolled back."""
    then = connection.get_execution_options().get(_THEN)
    if then is not None:
        then.append(work)


@contextmanager
def at_most(connection: Connection, milliseconds: int, refusal: GatehouseError) -> Iterator[None]:
    """Statements of this transaction take `milliseconds` at most; one that takes longer raises `refusal`."""
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "pgcode", "") == _CANCELLED:
            raise refusal from None
        raise


def cursor(connection: Connection) -> Any:
    """A psycopg2 cursor in the transaction of a connection, for COPY and statements of many rows; a context manager."""
    return cast(Any, connection.connection).cursor()


def _engine(url: str, **more: Any) -> Engine:
    address = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = create_engine(
        address,
        poolclass=TimedPool,
        use_native_hstore=False,  # nothing of ours is one, and each process would ask for it
        hide_parameters=True,  # an error's text goes to the log, and what was stored does not
        # Said outright: a server whose own encoding is SQL_ASCII would make the driver refuse every other letter.
        connect_args={
            **CONNECTING,
            "connect_timeout": 3,
            "application_name": "gatehouse",
            "client_encoding": "utf8",
            # A machine that vanished sends no reset: without these a query would wait for it a quarter of an hour.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
        **more,
    )
    event.listen(engine, "connect", _settle)
    return engine


def _forget(connection: Connection, *_: Any) -> None:
    connection.get_execution_options().get(_THEN, []).clear()


def _settle(connection: Any, _: Any) -> None:
    """In UTC, and the server notices soon that a client is gone, so that no lock outlives its holder."""
    server = connection.info
    known = (server.host, server.port, server.server_version)
    with connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:  # it belongs to connecting
        if known not in _has:
            cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s)", (list(_GONE),))
            _has[known] = "".join(f"; SET {name} = '{_GONE[name]}'" for (name,) in cursor.fetchall())
        cursor.execute(f"SET TIME ZONE 'UTC'{_has[known]}")
    psycopg2.extensions.connection.commit(connection)


def _unstorable(error: ValueError) -> Exception:
    """Refused for text that the driver cannot send (NUL, lone surrogates); any other error as it is."""
    if isinstance(error, UnicodeEncodeError) or "NUL (0x00)" in str(error):
        return Refused(_first_line(error))
    return error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [error.__class__.__name__])[0][:200]
