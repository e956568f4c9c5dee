"""Days, times of day and zones in columns of their own, as PayPal's and Adyen's exports have them."""

from argparse import Namespace
from datetime import UTC, datetime

import pytest

from core import clock
from core.errors import BadInput
from core.tabular.clocks import completed
from core.transactions import label_file
from core.transactions.label_file import Asked
from simulator.replay import csv as replay

PAYPAL = (
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID"\n'
    '"03/14/2026","08:01:02","PDT","Ann Lee","Website Payment","Completed","USD","19.99","-0.88","19.11","4AB1"\n'
    '"02/28/2026","23:59:59","PST","Bo Yi","Website Payment","Completed","USD","250.00","-7.55","242.45","4AB2"\n'
)
ADYEN = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Record Date,Record Date TimeZone,Record Type,"
    "Dispute PSP Reference,Dispute Reason,CB Reason Code\n"
    "Tickets,TicketsNL,8836000000000001,t1,2026-03-14 00:30:00,CET,Chargeback,9936000000000001,Fraud,10.4\n"
    "Tickets,TicketsNL,8836000000000002,t2,2026-07-14 00:30:00,CEST,Chargeback,9936000000000002,Fraud,10.4\n"
    "Tickets,TicketsNL,8836000000000003,t3,2026-07-14 00:30:00,Europe/Amsterdam,Chargeback,9936,Fraud,10.4\n"
)


def at(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]


def replayed(text: str, *mapping: str) -> tuple[list[float], list[str], list[tuple[int, str]]]:
    given = Namespace(map=list(mapping), label=None, delimiter=None, encoding=None, type="purchase")
    parsed = replay.of_content(text.encode(), given)
    return [item.when for item in parsed.items], parsed.notes, parsed.malformed


def test_paypals_day_time_and_zone_are_one_moment() -> None:
    whens, notes, bad = replayed(PAYPAL, "timestamp=Date", "amount=Gross", "transaction_id=Transaction ID")
    assert (whens, bad) == ([at(2026, 3, 14, 15, 1, 2), at(2026, 3, 1, 7, 59, 59)], [])
    assert "The times of 'Date' are completed by 'Time'." in notes
    assert "The times of 'Date' are on the clock of 'TimeZone'." in notes
    without = PAYPAL.replace('"TimeZone"', '"Zone of ours"')
    assert replayed(without, "timestamp=Date", "amount=Gross")[0][0] == at(2026, 3, 14, 8, 1, 2), "as UTC, as before"


def test_adyens_zone_counts_for_labels() -> None:
    found = label_file.parse(ADYEN.encode(), at(2026, 8, 1), "ann", 300.0, Asked())
    assert [one.at for one in found.good] == [
        at(2026, 3, 13, 23, 30), at(2026, 7, 13, 22, 30), at(2026, 7, 13, 22, 30)
    ]  # fmt: skip
    assert "The times of 'Record Date' are on the clock of 'Record Date TimeZone'." in found.guessed
    assert found.bad == []


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("UTC", 12), ("pst", 20), ("+05:30", 6.5), ("UTC+2", 10), ("GMT-03:00", 15), ("Asia/Tokyo", 3), ("", 12)],
)
def test_zones_in_every_spelling(zone: str, hours: float) -> None:
    columns = {"when": ["2026-01-10 12:00:00"], "TIME_ZONE": [zone]}
    (value,), _ = completed(columns, "when")
    assert (replayed_at := replay._time(value)) == at(2026, 1, 10) + hours * 3600, (value, clock.iso(replayed_at))


def test_what_has_a_zone_or_is_no_time_stays_and_a_zone_that_is_none_is_named() -> None:
    columns = {"when": ["2026-01-10T12:00:00Z", "soon", "", "1768046400"], "Timezone": ["PST"] * 4}
    assert list(completed(columns, "when")[0]) == columns["when"]
    with pytest.raises(BadInput, match="'IST' is not a known time zone"):
        completed({"when": ["2026-01-10 12:00:00"], "timezone": ["IST"]}, "when")


def test_times_of_day_join_days_only() -> None:
    both = {"Transaction Date": ["14.03.2026", ""], "Transaction Time": ["5:03 PM", ""], "Time": ["x", "y"]}
    assert completed(both, "Transaction Date")[0] == ["14.03.2026 17:03:00", ""]
    whole = {"Date": ["2026-03-14 08:00:00"], "Time": ["09:00:00"]}
    assert completed(whole, "Date") == (["2026-03-14 08:00:00"], []), "it has its time already"
    seconds = {"Date": ["2026-03-14"], "Time": ["3600"]}
    assert completed(seconds, "Date") == (["2026-03-14"], []), "no time of day"
    assert completed({"Time": ["0.5"]}, "Time") == (["0.5"], [])
