"""Names of people who log in: one spelling for look-up and every counter, and what a new name may be. Pure.

A new name is letters of one script, digits and `. _ @ -`; nothing invisible, nothing that changes direction, nothing
that only looks like another name. Accounts that exist keep the names that they have.
"""

import unicodedata

from core.audit.actors import RESERVED

LONGEST = 64
_MARKS = "._@-"
_EAST_ASIA = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_SCRIPTS = _EAST_ASIA | frozenset(
    {
        "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI",
        "GUJARATI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "KHMER", "ETHIOPIC",
    }
)  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"HEBREW", "ARABIC"})
_SELECTORS = (("\u180b", "\u180f"), ("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))  # of variants of a sign
_OWN_LATIN = frozenset("æøœđłþðħŧŋ")  # Latin letters of living languages that are no a to z with a mark
# Small letters of other scripts, and the Latin ones that they look like (after Unicode's confusables.txt).
_ALIKE = str.maketrans(
    "авеһіјкӏмнорԛгѕтуѵԝхсԁьпαβγεηικμνοπρτυχωϲϳցհյլղոռօքզսա",
    "abehijklmhopqrstyvwxcdbnabyenikuvonptuxwcjghjlnnnopquw",
)


def canonical(text: str) -> str:
    """The one spelling of a name: NFKC, case folded, without what cannot be seen or stands at the ends."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in folded if char.isprintable() and not _is_invisible(char)).strip()


def skeleton(name: str) -> str:
    """What a name looks like: the same for two names that an eye takes for one."""
    plain = unicodedata.normalize("NFD", canonical(name)).translate(_ALIKE)
    return unicodedata.normalize("NFC", plain)


def refusal(text: str) -> str:
    """Why a new account may not have this name, as it was given, as a sentence; empty when it may."""
    if any(_is_invisible(char) for char in text.strip()):
        return "Names must not contain invisible characters."
    name = canonical(text)
    if not 0 < len(name) <= LONGEST:
        return f"Names have 1 to {LONGEST} characters."
    if not name[0].isalnum():
        return "Names start with a letter or a digit."
    for char in name:
        if not (_is_letter(char) or char in "0123456789" or char in _MARKS):
            return "Names contain only letters, digits and . _ @ -"
    scripts = {_script(char) for char in name if _is_letter(char)}
    if scripts - _SCRIPTS or (len(scripts) > 1 and not scripts <= _EAST_ASIA):
        return "Names use letters of one script only."
    if scripts & _RIGHT_TO_LEFT and not all(_is_letter(char) for char in name):
        return "Right-to-left names contain letters only."
    if "LATIN" in scripts and not all(_is_usual_latin(char) for char in name if _is_letter(char)):
        return "This name contains a character that looks like another letter."
    if scripts - {"LATIN"} and skeleton(name).isascii():
        return "This name looks like a name in Latin letters."
    if skeleton(name) in RESERVED:
        return "This name is reserved for Gatehouse."
    return ""


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] == "L" or (
        unicodedata.category(char) in ("Mn", "Mc") and _script(char) in _SCRIPTS
    )


def _script(char: str) -> str:
    """The first word of a character's Unicode name, which for letters is their script."""
    return unicodedata.name(char, "").replace("-", " ").partition(" ")[0]


def _is_usual_latin(char: str) -> bool:
    base = unicodedata.normalize("NFD", char)[0]
    return "a" <= base <= "z" or char in _OWN_LATIN


def _is_invisible(char: str) -> bool:
    """Format characters, and the fillers that Unicode calls letters or marks but shows as nothing."""
    return (
        unicodedata.category(char) in ("Cf", "Cc", "Co", "Cn", "Cs")
        or char in "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
        or any(first <= char <= last for first, last in _SELECTORS)
    )
