"""Amount bands: three a decade, as a logarithmic axis has them; amounts of zero and unknown ones have their own. Pure.

`sql/queries/analytics/amounts.sql` sorts amounts into them; a test compares.
"""

UNKNOWN, ZERO = -2, -1
EDGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
BANDS = (UNKNOWN, ZERO, *range(len(EDGES) + 1))


def name(band: int) -> str:
    """What people call a band."""
    if band < 0:
        return "no amount known" if band == UNKNOWN else "$0"
    if band == 0:
        return f"under ${EDGES[0]}"
    low = f"${EDGES[band - 1]:,}"
    return f"{low} and more" if band == len(EDGES) else f"{low} to ${EDGES[band]:,}"


def short(band: int) -> str:
    """The same on an axis: where it begins."""
    if band < 0:
        return "unknown" if band == UNKNOWN else "$0"
    if band == 0:
        return f"< ${EDGES[0]}"
    low = EDGES[band - 1]
    words = f"${low // 1000}k" if low >= 1000 else f"${low}"
    return f"{words}+" if band == len(EDGES) else words


def of_amount(amount: float | None) -> int:
    """The band of an amount in US dollars."""
    if amount is None:
        return UNKNOWN
    return ZERO if amount == 0 else sum(amount >= edge for edge in EDGES)
