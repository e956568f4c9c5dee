"""Money in exact decimals: to the cent where it is summed, every digit that was sent where it is shown or exported.

An amount comes as a float of JSON, whose shortest text is the decimal that was sent; a half cent of that decimal goes
up, as PostgreSQL's numeric rounds too.
"""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: float) -> int:
    """Whole cents of an amount that is not negative."""
    text = repr(amount)
    whole, _, part = text.partition(".")
    if len(part) <= 2 and "e" not in text:
        return int(whole) * 100 + int(part.ljust(2, "0"))
    return int(Decimal(text).quantize(CENT, ROUND_HALF_UP) * 100)


def to_the_cent(amount: float) -> str:
    """The decimal with two places: `19.99`."""
    whole = cents(amount)
    return f"{whole // 100}.{whole % 100:02d}"


def exact(amount: Decimal | float | None) -> str | None:
    """Every digit and at least two places, never an exponent: `5.00`, `0.004`; None stays None."""
    if amount is None:
        return None
    whole, _, part = f"{amount if isinstance(amount, Decimal) else Decimal(repr(amount)):f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"
