"""PostgreSQL: one engine a process, transactions, and one error when it does not answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import local
from typing import Any, cast

import psycopg2
import psycopg2.extensions
from psycopg2.extras import execute_values as execute_values  # for statements of many rows
from sqlalchemy import Connection as Connection  # for those who are handed one
from sqlalchemy import TextClause as TextClause  # for those who put a statement together
from sqlalchemy import create_engine, event
from sqlalchemy import text as text
from sqlalchemy.exc import DataError, DBAPIError, InvalidatePoolError, OperationalError, TimeoutError

from core.db.query_times import CONNECTING, TimedPool
from core.errors import DatabaseUnavailable, GatehouseError, Refused

_CANCELLED = "57014"  # PostgreSQL's code of a statement that took longer than it may
# A statement goes on after its client died unless the server looks; of a machine that vanished nothing is heard at all.
# Only what this server has: the first is there where the operating system can tell.
_GONE = """
SELECT set_config(name, value, false) FROM pg_settings JOIN (VALUES
    ('client_connection_check_interval', '2s'), ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'),
    ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '20s')) AS wanted (name, value) USING (name)
"""
_THEN = "gatehouse_after_commit"
_FRESH = "gatehouse_fresh"


class _Dead(DatabaseUnavailable):
    """A connection that was kept."""


class Database:
    """A pool of connections to one PostgreSQL. Opens nothing until it is used.

    Every method raises DatabaseUnavailable when the server cannot be reached or ends the session; work that was not
    committed is rolled back.
    """

    def __init__(self, url: str, pool_size: int = 8) -> None:
        address = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg2://", 1)
        self._engine = create_engine(
            address,
            poolclass=TimedPool,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
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
        )
        self._most = 2 * pool_size
        self._is_looking = local()
        event.listen(self._engine, "connect", _settle)
        event.listen(self._engine, "checkout", self._ping)
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

        A pooled connection that turns out to be dead is replaced once.
        """
        self._is_looking.now = True
        try:
            return self._first_row(statement, values)
        except _Dead:
            self._is_looking.now = False
            return self._first_row(statement, values)
        finally:
            self._is_looking.now = False

    def _first_row(self, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        try:
            connection = self._engine.raw_connection()
        except (OperationalError, TimeoutError, psycopg2.OperationalError) as error:
            raise DatabaseUnavailable(_first_line(error)) from error
        driver = cast(Any, connection.driver_connection)
        try:
            driver.autocommit = True  # which the server is not told of
            with driver.cursor() as cursor:
                cursor.execute(statement, values)
                found: tuple[Any, ...] | None = cursor.fetchone()
            driver.autocommit = False
            return found
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            is_dead = bool(driver.closed)
            connection.invalidate()
            raise (_Dead if is_dead else DatabaseUnavailable)(_first_line(error)) from error
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _ping(self, connection: Any, record: Any, _: Any) -> None:
        """A pooled connection is asked whether it lives before it is handed out; not for a look, which finds out."""
        if record.info.pop(_FRESH, False) or getattr(self._is_looking, "now", False):
            return
        try:
            self._engine.dialect.do_ping(connection)
        except psycopg2.Error as error:
            if self._engine.dialect.is_disconnect(cast(Any, error), connection, None):
                raise InvalidatePoolError from error
            raise

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


def _forget(connection: Connection, *_: Any) -> None:
    connection.get_execution_options().get(_THEN, []).clear()


def _settle(connection: Any, record: Any) -> None:
    """In UTC, and the server notices soon that a client is gone, so that no lock outlives its holder."""
    with connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:  # it belongs to connecting
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(_GONE)
    psycopg2.extensions.connection.commit(connection)
    record.info[_FRESH] = True


def _unstorable(error: ValueError) -> Exception:
    """Refused for text that the driver cannot send (NUL, lone surrogates); any other error as it is."""
    if isinstance(error, UnicodeEncodeError) or "NUL (0x00)" in str(error):
        return Refused(_first_line(error))
    return error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [error.__class__.__name__])[0][:200]
