"""A binding allows the services that it names, and says which when it refuses another."""

import pytest

from core.errors import BadInput
from core.events.performance.endpoint import Endpoint
from core.events.service_binding import ANY_SERVICE, ServiceBinding
from core.events.types import Heartbeat

BOUND = ServiceBinding(frozenset({"shop", "checkout"}))


def report(service: str) -> Endpoint:
    return Endpoint(
        service=service, route="/", method="GET", status=200, hits=1, seconds_sum=0.1, seconds_min=0.1, seconds_max=0.1,
        buckets={-100: 1},
    )  # fmt: skip


def test_a_report_of_another_service_is_refused_by_its_name() -> None:
    BOUND.check(report("shop"))
    with pytest.raises(BadInput) as refused:
        BOUND.check(report("billing"))
    assert refused.value.field == "$.service"
    assert refused.value.reason == "is 'billing', but this token may report only for 'checkout', 'shop'"


def test_names_are_exact() -> None:
    for name in ("Shop", "shop ", "shop2", ""):
        assert not BOUND.allows(name)


def test_what_is_no_report_is_as_before_and_no_binding_allows_all() -> None:
    BOUND.check(Heartbeat(service="billing"))
    ANY_SERVICE.check(report("billing"))


def test_a_long_list_is_not_spelled_out() -> None:
    many = ServiceBinding(frozenset(f"s{number:02}" for number in range(40)))
    assert many.reason("x" * 500).endswith("'s04' and 35 more")
    assert len(many.reason("x" * 500)) < 250
