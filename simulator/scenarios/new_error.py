"""new-error: a new version of the checkout raises an exception that nobody has seen before (E4).

Each run brings a bug of its own, named after the run: one that was played before would be no news.
"""

from typing import Any
from zlib import crc32

from core.events.endpoint_series import bucket
from simulator.scenario import Happening, Moment, Scenario

SERVICE, ROUTE, METHOD = "checkout", "/api/v1/orders", "POST"
FAILED_PER_MINUTE, GOOD_PER_MINUTE = 30.0, 90.0
CUSTOMERS = 40
VERBS = (
    "apply", "redeem", "merge", "split", "convert", "round", "match", "reserve", "confirm", "expand", "collect",
    "validate", "price", "assign", "settle", "release",
)  # fmt: skip
KINDS = (
    "gift", "group", "student", "early", "seasonal", "family", "member", "partner", "resale", "corporate", "regional",
    "loyalty", "festival", "flash", "bundle", "referral",
)  # fmt: skip
THINGS = (
    "voucher", "discount", "credit", "fee", "seat", "bonus", "refund", "tax", "upgrade", "deposit", "quota", "tier",
    "coupon", "rebate", "offer", "balance",
)  # fmt: skip


def happen(moment: Moment) -> Happening:
    """Orders that fail with the exception, and others that succeed, as the client package reports both."""
    rng = moment.rng
    mark = crc32(moment.run.rpartition("-")[0].encode())
    function, version = bug(mark), f"2.{mark // 1000 % 1000}"
    times = moment.times(moment.count(FAILED_PER_MINUTE))
    customers = rng.integers(0, CUSTOMERS, len(times)).tolist()
    orders = rng.integers(100_000, 999_999, len(times)).tolist()
    events = [
        exception(f"{moment.run}-x{i}", when, version, function, orders[i], f"customer-{customers[i]}")
        for i, when in enumerate(times)
    ]
    good = moment.times(moment.count(GOOD_PER_MINUTE))
    for status, seconds in ((500, 0.031), (201, 0.084)):
        hits = len(times) if status == 500 else len(good)
        if hits:
            events.append(requests(f"{moment.run}-{status}", moment.start, version, status, hits, seconds))
    return Happening(events=events)


def bug(mark: int) -> str:
    """The function that fails in a run: one of 4,096 names."""
    return f"{VERBS[mark % 16]}_{KINDS[mark // 16 % 16]}_{THINGS[mark // 256 % 16]}"


def exception(key: str, at: float, version: str, function: str, order: int, user: str) -> dict[str, Any]:
    """One report, with a library's frame, the line of each own one, and a cause."""
    thing = function.rpartition("_")[2]
    frames = [
        _frame("full_dispatch_request", "flask.app", "site-packages/flask/app.py", 902, "rv = self.dispatch()", False),
        _frame("create_order", "checkout.orders", "checkout/orders.py", 88, f"total = {function}(cart, order)"),
        _frame(function, "checkout.pricing", "checkout/pricing.py", 214, f"{thing} = order.extras['{thing}']"),
    ]  # fmt: skip
    cause = {"type": "KeyError", "message": f"'{thing}'", "frames": frames[-1:]}
    return {
        "kind": "exception", "id": key, "timestamp": at, "service": SERVICE, "version": version,
        "type": "checkout.pricing.PricingError", "message": f"order {order} has no {thing}", "frames": frames,
        "causes": [cause], "route": ROUTE, "method": METHOD, "users": {user: 1},
    }  # fmt: skip


def requests(key: str, at: float, version: str, status: int, hits: int, seconds: float) -> dict[str, Any]:
    """What the endpoint did meanwhile."""
    error = {"error_type": "checkout.pricing.PricingError"} if status >= 500 else {}
    return {
        "kind": "endpoint", "id": key, "timestamp": at, "service": SERVICE, "version": version, "route": ROUTE,
        "method": METHOD, "status": status, "hits": hits, "seconds_sum": hits * seconds, "seconds_min": seconds,
        "seconds_max": seconds, "buckets": {str(bucket(seconds)): hits}, **error,
    }  # fmt: skip


def _frame(function: str, module: str, file: str, line: int, source: str, in_app: bool = True) -> dict[str, Any]:
    return {"function": function, "module": module, "file": file, "line": line, "in_app": in_app, "source": source}


SCENARIO = Scenario("a new version of the checkout raises a new exception", happen)
