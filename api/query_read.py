"""The read of a resource that names its query (`core.monitoring.declared_reads`): its rows, column by column.

The query may use `:start` and `:end` of the window. Columns have the names of the type's fields; a moment becomes epoch
milliseconds, a decimal a float. A list of structs is all rows; a struct is the only one, as of an aggregate.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, get_origin

import msgspec

from api.context import ResourceContext, milliseconds
from api.window import Window
from core.db.queries import query
from core.errors import GatehouseError
from core.monitoring import DeclaredRead


class QueryRead:
    """What a module of api/resources offers, made from a declaration."""

    def __init__(self, name: str, declared: DeclaredRead) -> None:
        self.NAME = name
        self.REFRESH = declared.refresh
        self.__doc__ = declared.about
        self._declared = declared

    def read(self, context: ResourceContext, window: Window) -> Any:
        """The rows of the window as the resource's type. Raises GatehouseError for none where one is wanted."""
        rows = context.rows(query(self._declared.query), **window.bounds())
        return resource(rows, self._declared.kind)


def resource(rows: list[dict[str, Any]], kind: Any) -> Any:
    """The rows as a value of `kind`; pure. Raises GatehouseError, and msgspec.ValidationError for other columns."""
    found = [{name: _plain(value) for name, value in row.items()} for row in rows]
    if get_origin(kind) is list:
        return msgspec.convert(found, kind)
    if not found:
        raise GatehouseError("the query found nothing")
    return msgspec.convert(found[0], kind)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return milliseconds(value)
    return float(value) if isinstance(value, Decimal) else value
