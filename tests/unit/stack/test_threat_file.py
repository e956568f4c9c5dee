"""Block-lists of other people: plain and CSV, with what is wrong in them named by line."""

import pytest

from core.errors import BadInput
from stack.threat_file import BadLine, parse
from tests.unit.simulator.replay.sample import sample

A, B = "0x80d7bb18521acbef32d7906502ebe94928690e93", "0x80e02ae8c5d5e482558caf32004e7d6281445f28"


def test_a_plain_list_has_comments_and_says_itself_what_it_holds():
    found = parse(f"# header\n203.0.113.7 ; why\n\n{A.upper().replace('X', 'x')}\n{A}\n2001:DB8::1\n")
    assert found.values == [("ip", "203.0.113.7"), ("wallet", A), ("ip", "2001:db8::1")]
    assert (found.bad, found.doubled) == ([], 1)


def test_a_table_is_known_by_its_header_or_its_column():
    table = f"wallet_tag,banned_address,src\nPhish 1,{A},x\nPhish 2,{B},x\n"
    assert [value for _, value in parse(table).values] == [A, B]
    assert parse(f"name,where\nx,{A}\n", column="Where").values == [("wallet", A)]
    with pytest.raises(BadInput, match="no column 'nope'; it has name, where"):
        parse("name,where\nx,y\n", column="nope")


def test_bad_lines_are_named_and_the_rest_is_taken():
    found = parse(f"address,tag\n{A},x\nnot an address,y\n{B}\n,empty\n")
    assert [value for _, value in found.values] == [A, B]
    assert [bad.line for bad in found.bad] == [3, 5]
    assert parse("203.0.113.7\n", kind="ip").bad == []
    assert parse(f"{A}\n", kind="ip").bad == [BadLine(1, parse(f"{A}\n", kind="ip").bad[0].reason)]


def test_real_lists_are_taken_whole():
    first = parse(sample("forta_labels/etherscan_malicious_labels.csv").read_text())
    second = parse(sample("forta_labels/phishing_scams.csv").read_text())
    assert (len(first.values) + first.doubled, len(first.bad)) == (7780, 0)
    assert (len(second.values) + second.doubled, len(second.bad)) == (6726, 0)
