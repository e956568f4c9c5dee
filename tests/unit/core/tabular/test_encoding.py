"""Encodings: windows-1252 is read and said, what is something else is refused, what was said is done."""

import pytest

from core.errors import BadInput
from core.tabular import encoding as encodings
from core.tabular.encoding import NotText


@pytest.mark.parametrize(
    "text",
    [
        "Müller, Straße 5, 15 €",
        "Señora Muñoz; ¿Qué?; 1º; 20 °C",
        "une créée à l’été; «œuvre»; 3 ½",
        "Smørrebrød på ø; ÅRHUS",
        "It’s “fine” – £5…",
        "São João, coração; 50 £",
    ],
)
def test_what_western_tools_write_is_read_and_said(text: str) -> None:
    content = f"a,b\n{text}\n".encode("cp1252")
    found = encodings.decode(content)
    assert found.text == f"a,b\n{text}\n"
    assert found.note.startswith("The file is not UTF-8 and was read as windows-1252: row 2 has ")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Москва", "cp1251"),
        ("Αθήνα", "cp1253"),
        ("Łódź", "cp1250"),
        ("wąż", "cp1250"),
        ("İstanbul ağaç", "cp1254"),
        ("上海", "gbk"),
        ("東京", "shift_jis"),
        ("서울", "euc-kr"),
        ("שלום", "cp1255"),
        ("Müller", "cp437"),
        ("Zürich", "mac-roman"),
    ],
)
def test_what_is_something_else_is_never_guessed(text: str, encoding: str) -> None:
    content = f"a,b\n1,{text}\n".encode(encoding)
    with pytest.raises(NotText) as caught:
        encodings.decode(content)
    assert (caught.value.encoding, caught.value.row) == ("utf-8", 2)
    assert encodings.decode(content, encoding).text == f"a,b\n1,{text}\n"


def test_damaged_utf_8_stays_damaged() -> None:
    for content in ("Zürich\nMünchen".encode()[:-6] + b"\xfcnchen", b"a,b\n1,2\xff\n", "é".encode() + b" caf\xe9"):
        with pytest.raises(NotText):
            encodings.decode(content)


def test_marks_are_no_text_and_unknown_encodings_are_named() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-8"):
        assert encodings.decode("äb".encode(encoding)) == ("äb", "")
    assert encodings.decode("äb".encode("utf-8-sig"), "utf-8").text == "äb"
    for encoding in ("klingon", "base64"):
        with pytest.raises(BadInput, match="there is no encoding"):
            encodings.decode(b"a", encoding)
