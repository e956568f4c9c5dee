"""What follows from what: names stand for whatever watches them, through any number of steps; circles are found."""

from alerts.evaluate.dependencies import Dependencies, Source, sources

FOUND = Dependencies(
    sources([("collector", Source("processes", "collector")), ("redis", Source("down", "redis")),
             ("api", Source("down", "api")), ("feed", Source("feed", None))]),
    {"A1": ("feed",), "feed": ("collector",), "down": ("collector",)},
    {"api": ("redis",), "cache": ("nothing",)},
    frozenset({"down"}),
)  # fmt: skip


def test_causes_are_found_through_others_the_nearest_first() -> None:
    assert FOUND.causes("A1", "") == (Source("feed", None), Source("processes", "collector"))
    assert FOUND.causes("down", "api") == (Source("down", "redis"), Source("processes", "collector"))
    assert FOUND.causes("processes", "collector") == ()
    assert FOUND.causes("unknown", "") == ()


def test_nothing_is_its_own_cause() -> None:
    own = Dependencies(sources([("feed", Source("feed", None))]), {"feed": ("feed",)})
    assert own.causes("feed", "") == ()
    assert own.cycle("feed") == ("feed", "feed")


def test_a_circle_is_told_with_its_steps() -> None:
    assert FOUND.cycle("feed") == ()
    there = {**FOUND.services, "redis": ("api",)}
    assert Dependencies(FOUND.sources, FOUND.rules, there, FOUND.of_services).cycle("api") == ("api", "redis", "api")


def test_names_that_nothing_watches_are_told() -> None:
    assert FOUND.unwatched() == ["nothing"]
