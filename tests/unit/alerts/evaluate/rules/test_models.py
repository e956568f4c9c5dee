"""A refused model is bad and named; a role that nobody has any more is gone."""

from alerts.evaluate.rules import models
from alerts.evaluate.rules.models import Parameters, readings

LIMITS = Parameters(above=0.5)


def test_a_refused_model_is_bad_and_says_why() -> None:
    champion, ensemble = readings({"ensemble": (2, ""), "champion": (3, "its artefact is empty")}, frozenset())
    assert (champion.series, models.judge(champion, LIMITS).state) == ("champion", "bad")
    assert champion.details == {"version": 3, "detail": "its artefact is empty"}
    assert (ensemble.series, models.judge(ensemble, LIMITS).state) == ("ensemble", "good")


def test_a_role_that_nobody_has_is_gone() -> None:
    (reading,) = readings({}, frozenset({"challenger"}))
    assert reading.series == "challenger"
    assert reading.gone
