"""Text that can be written in two ways has one form inside, whatever way it came in."""

import json
import unicodedata

import pytest

from core import nfc
from core.tabular import encoding

NFC, NFD = "Łódź Málaga 각", unicodedata.normalize("NFD", "Łódź Málaga 각")


def test_both_forms_are_one_text() -> None:
    assert NFD != NFC
    assert nfc.text(NFD) == nfc.text(NFC) == NFC
    assert nfc.every((NFD, None, (NFD,), 3)) == (NFC, None, (NFC,), 3)


@pytest.mark.parametrize("escaped", [True, False])
def test_a_json_body_is_in_one_form_written_out_or_escaped(escaped: bool) -> None:
    body = json.dumps({NFD: [NFD, "\\u0301", 'a"\u0301\\', "\U0001f600", "\n"]}, ensure_ascii=escaped).encode()
    assert json.loads(nfc.json(body)) == {NFC: [NFC, "\\u0301", 'a"\u0301\\', "\U0001f600", "\n"]}


@pytest.mark.parametrize("body", [b'{"a": 1}', b'"\xff\xcc\x81"', b'{"a": "\\u00e9 \\ud83d\\ude00"}', b'"\\ud800"'])
def test_what_has_nothing_to_compose_stays_byte_by_byte(body: bytes) -> None:
    assert nfc.json(body) == body


def test_a_file_is_read_into_one_form() -> None:
    assert encoding.decode(NFD.encode()).text == NFC
    assert encoding.decode(NFD.encode("utf-16")).text == NFC
