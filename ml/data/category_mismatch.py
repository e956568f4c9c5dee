"""Words that are written otherwise than where they were learnt: yes and no, where a model or a reference knows t and f.

Nothing is wrong with such a file by itself, but every word of the column counts as one that was never seen. So whoever
scores, compares or judges by it says so. Pure.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from core.tabular.missing_values import MISSING, is_number, plain
from ml.data.category_encoding import Codes
from ml.data.features import Feature

MOST = 200  # words of a column; those of more are names and may well all be new


def to_model(words: Mapping[str, Sequence[str]], features: Sequence[Feature]) -> Iterator[str]:
    """Columns by name with their different words, of which the model knows not one."""
    for feature in features:
        if feature.kind != "category" or not feature.categories:
            continue
        given = [word for word in words.get(feature.name, ()) if word.strip().lower() not in MISSING]
        codes = Codes(feature.categories, -1.0)
        if given and all(codes(word) < 0 for word in given):
            example, known = given[0][:40], feature.categories[0][:40]
            yield f"column {feature.name!r}: none of its categories was learnt ({example!r}; the model knows {known!r})"


def to_reference(before: Mapping[str, Collection[str]], after: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Columns of words of which two files share not one."""
    for name in before:
        old, new = _words(before[name]), _words(after.get(name, ()))
        if 0 < len(old) <= MOST and 0 < len(new) <= MOST and _told(old) and _told(new) and not {*old} & {*new}:
            example, known = next(iter(new.values()))[:40], next(iter(old.values()))[:40]
            yield f"column {name!r}: the files share no category ({example!r}; the reference has {known!r})"


def _words(values: Collection[str]) -> dict[str, str]:
    """The different words in plain spelling, each with one of its own, in alphabetical order."""
    present = sorted(word for value in set(values) if (word := str(value).strip()).lower() not in MISSING)
    return {plain(word): word for word in present}


def _told(words: Mapping[str, str]) -> bool:
    """Whether these are words: numbers may well all differ."""
    return not any(map(is_number, words))
