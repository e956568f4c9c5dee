"""Amount bands: the same in Python and in the query that sums up, each with a name of its own."""

import re

from console.analytics import bands
from core.settings import ROOT


def test_the_query_has_the_same_edges() -> None:
    text = (ROOT / "sql/queries/analytics/amounts.sql").read_text()
    found = re.search(r"ARRAY\[([^\]]+)\]", text)
    assert found is not None
    assert tuple(int(one) for one in found[1].split(",")) == bands.EDGES


def test_an_edge_belongs_to_the_band_above() -> None:
    assert [bands.of_amount(one) for one in (None, 0.0, 0.01, 0.99, 1.0, 1.99, 2.0, 1e9)] == [-2, -1, 0, 0, 1, 1, 2, 16]


def test_every_band_has_names_of_its_own() -> None:
    for names in (map(bands.name, bands.BANDS), map(bands.short, bands.BANDS)):
        listed = list(names)
        assert len(set(listed)) == len(bands.BANDS)
    assert (bands.name(bands.UNKNOWN), bands.name(bands.ZERO)) == ("no amount known", "$0")
    assert (bands.name(7), bands.name(16)) == ("$100 to $200", "$100,000 and more")
    assert (bands.short(10), bands.short(16)) == ("$1k", "$100k+")
