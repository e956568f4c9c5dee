"""Charts become pictures: of every kind, with gaps, without values, and with names that are long or hostile."""

from io import BytesIO

import pytest
from PIL import Image

from alerts.digest.model import MOST_CHARTS, MOST_POINTS, Chart, Series, bounded
from alerts.digest.pictures import DOTS, HEIGHT, WIDTH, draw


def chart(kind: str, values: list[float | None], **more: object) -> Chart:
    labels = [f"$x_{at}$ $\\frac$ <b>" for at in range(len(values))]
    series = [Series("now", "accent", values), Series("before", "muted", values)]
    return Chart("title", kind, labels, series, "unit", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["bars", "lines", "shares"])
@pytest.mark.parametrize("values", [[1.0, None, 3.0], [0.0], [], [1e9, 1e-9], [float(n) for n in range(168)]])
def test_every_kind_is_drawn_at_its_size(kind: str, values: list[float | None]) -> None:
    picture = Image.open(BytesIO(draw(chart(kind, values, limits=[(0.5, "line")]))))
    assert picture.size == (round(WIDTH * DOTS), round(HEIGHT * DOTS))
    assert picture.getpixel((0, 0))[:3] == (255, 255, 255)


def test_it_shows_its_values() -> None:
    drawn = [Image.open(BytesIO(draw(chart("bars", [value, 10.0])))).convert("RGB") for value in (0.0, 10.0)]
    blue = [sum(n for n, colour in one.getcolors(1 << 20) if colour == (0x16, 0x68, 0xC7)) for one in drawn]  # type: ignore[misc,union-attr]
    assert blue[1] > 1.5 * blue[0] > 0


def test_a_section_holds_so_many_numbers_at_most() -> None:
    many = chart("lines", [1.0] * 5000)
    section = bounded("t", [], [many] * 9)
    assert len(section.charts) == MOST_CHARTS
    assert len(section.charts[0].labels) == len(section.charts[0].series[0].values) == MOST_POINTS
