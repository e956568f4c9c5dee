"""Numbers with a unit throughout a column: $15.00, 1.234,50 €, (CHF 1'200) and 50 % are 15, 1234.5, -1200 and 50.

Spreadsheets and reports write money and shares so. The unit goes only where every value has the same, and marks of
thousands only where the column tells them from decimal marks; otherwise all stays, and is an error by name later. Pure.
"""

import re
from collections.abc import Sequence

from core.tabular.missing_values import MISSING

_SIGNS = "$€£¥₹₽₺₩₿%"
_UNIT = rf"(?:(?:US|AU|CA|HK|NZ|[ACR])?\$|[{_SIGNS[1:]}]|kr\.?|zł|Kč)"
_CODE = "(?:USD|EUR|GBP|CHF|JPY|CNY|INR|BRL|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|ETH|BTC|USDC|USDT)"
_SPACE = "[ \u00a0\u202f]"
_NUMBER = r"(?:\d(?:[\d.,]|['’\u00a0\u202f ](?=\d{3}(?!\d)))*|[.,]\d+)"
_WRITTEN = re.compile(
    rf"(\()?([+-])?(?:({_UNIT}){_SPACE}?|({_CODE}){_SPACE})?([+-])?({_NUMBER})(?:{_SPACE}?({_UNIT})|{_SPACE}({_CODE}))?(\))?$",
    re.IGNORECASE,
)
_GAPS = re.compile("['’\u00a0\u202f ]")
_TRIED = 20  # values of a column that are looked at first: nearly all columns have no unit
_Parts = tuple[str, str, str]  # the sign, the number, the unit


def is_marked(text: str) -> bool:
    """Whether a text is a number with a unit."""
    return _hints(text) and _parts(text) is not None


def plain(values: Sequence[str]) -> tuple[Sequence[str], str]:
    """The column without its unit, and what a value became ("'$15.00' is 15.00"); as it is, and "", when it has none,
    or not throughout.

    Values that are no numbers at all stay as they are, as long as fewer than half are such.
    """
    if not any(map(is_marked, _first(values))):
        return values, ""
    found = {value: _parts(value.strip()) for value in dict.fromkeys(values)}
    others = [value for value, parts in found.items() if parts is None and value.strip().lower() not in MISSING]
    written = [parts for parts in found.values() if parts]
    units = {unit for _, _, unit in written}
    if len(units) != 1 or len(others) > len(written) or any(map(_is_number, others)):
        return values, ""
    mark = _decimal([number for _, number, _ in written])
    numbers = {value: _pointed(parts, mark) for value, parts in found.items() if parts} if mark else {}
    if not numbers or None in numbers.values():
        return values, ""
    value, number = next(iter(numbers.items()))
    return [numbers.get(value) or value for value in values], f"{value.strip()[:20]!r} is {number}"


def _first(values: Sequence[str]) -> list[str]:
    """The first present values, without spaces."""
    found: list[str] = []
    for value in values:
        if (word := value.strip()).lower() not in MISSING:
            found.append(word)
            if len(found) == _TRIED:
                break
    return found


def _hints(text: str) -> bool:
    """Whether a text has a digit beside what is none at an end, which is quick to see."""
    first, last = text[:1], text[-1:]
    return first.isdecimal() != last.isdecimal() or first in "(+-" or (first in _SIGNS and last in _SIGNS)


def _parts(text: str) -> _Parts | None:
    """Sign, number and unit; None where there are not all of them, or two units."""
    match = _WRITTEN.match(text)
    if not match:
        return None
    opened, before, sign, code, after, number, sign_behind, code_behind, closed = match.groups()
    units = [unit.lower() for unit in (sign, code, sign_behind, code_behind) if unit]
    if len(units) != 1 or bool(opened) != bool(closed) or ((before or "") and after):
        return None
    minus = opened or "-" in (before, after)
    return "-" if minus else "", _GAPS.sub("", number), units[0]


def _decimal(numbers: Sequence[str]) -> str:
    """The column's decimal mark; "" where no value tells it, or two tell otherwise."""
    told = {mark for number in numbers if (mark := _told(number))}
    if len(told) == 1:
        return told.pop()
    return "." if not told and not any("," in number or "." in number for number in numbers) else ""


def _told(number: str) -> str:
    """The decimal mark that one number shows; "" where it has none, or one that may part thousands."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "." if point >= 0 else ""
    if not mark:
        return ""
    if number.count(mark) > 1:
        return "." if mark == "," else ","
    whole, _, rest = number.partition(mark)
    may_be_thousands = len(rest) == 3 and 0 < len(whole) <= 3 and whole[0] != "0"
    return "" if may_be_thousands else mark


def _pointed(parts: _Parts, mark: str) -> str | None:
    """The number in plain spelling; None where marks stand otherwise than the column's decimal mark wants."""
    sign, number, _ = parts
    other = "," if mark == "." else "."
    whole, _, rest = number.partition(mark)
    groups = whole.split(other)
    if other in rest or mark in rest or (len(groups) > 1 and any(len(group) != 3 for group in groups[1:])):
        return None
    return f"{sign}{''.join(groups) or '0'}{'.' + rest if rest else ''}"


def _is_number(text: str) -> bool:
    try:
        float(text.strip().replace(",", "."))
    except ValueError:
        return False
    return True
