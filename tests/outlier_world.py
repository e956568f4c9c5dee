"""Outliers as processes report them, and as they are stored."""

from typing import Any

from core.db.engine import Database
from core.events.performance.outlier import Frame, Machine, Neighbour, Outlier, Pool, Stack
from core.pipeline.writer import Writer

FRAMES = (
    Frame("shop.cart.view", "shop/cart.py", 31), Frame("sqlalchemy.engine.base.Connection.execute"),
    Frame("shop.prices.load", "shop/prices.py", 88), Frame("time.sleep"),
)  # fmt: skip
STACKS = (Stack(60.0, [0, 1], 0.0), Stack(120.0, [0, 2, 3], 1.5), Stack(180.0, [0, 2, 3], 2.0))


def outlier(request: str, at: float, **changes: Any) -> Outlier:
    """One of GET /cart/{id} that waited for its prices."""
    known: dict[str, Any] = {
        "id": f"{changes.get('service')}-{request}-{changes.get('seconds', 0.4)}", "timestamp": at,
        "service": "shop", "version": "v2",
        "request": request, "route": "/cart/{id}", "method": "GET", "status": 200, "seconds": 0.4,
        "limit_seconds": 0.06, "correlation_id": f"c-{request}", "user": "token 7", "ip": "192.0.2.7",
        "headers": {"User-Agent": "curl/8"}, "parameters": ["page"], "frames": list(FRAMES), "stacks": list(STACKS),
        "store_seconds": 0.25, "in_flight": 2, "neighbours": [Neighbour("/pay", "POST", 812.0)],
        "machine": Machine(cpu=0.31, load=1.5, cores=2, memory_bytes=2**27, threads=14, queue=3,
                           pools=[Pool("postgres", 4, 16)]),
    }  # fmt: skip
    return Outlier(**{**known, **changes})


def store(database: Database, now: float, *told: Outlier) -> None:
    """Store them as the collector does."""
    Writer(database, normal_block_from=0.7).store(list(told), now)
