"""The mapping step of training from a file: which column is what, from a form and back. Pure.

Columns are named in the form by their place in the file, so that no name of theirs can break it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.auth.roles import reaches
from console.pages.training import split as split_form
from core.models.file_preview import FIELDS, PARTS, ColumnLook, FilePreview
from core.tabular import missing_values

ALGORITHMS = {
    "boosted": "boosted trees",
    "forest": "random forest",
    "ensemble": "ensemble of both",
}
PROMOTE = {
    "never": "register only",
    "ask": "if better: run in shadow mode and ask",
    "better": "if better: promote at once",
}
USES = ("auto", "words", "ignore")
LONGEST_DELAY = 365.0
NOTE = 200


def guessed(look: FilePreview) -> dict[str, str]:
    """What the form says at first: the guesses, and times that are not the time left out."""
    places = {column.name: str(index) for index, column in enumerate(look.columns)}
    form = {part: places.get(look.guesses.get(part, ""), "") for part in PARTS}
    form |= {"fraud_is": look.fraud_is, "legit_is": "", "delay_days": "0"}
    form |= {"algorithm": "boosted", "promote": "never", "note": "", **split_form.of_options({})}
    label = look.column(look.guesses.get("label", ""))
    form["skip_unlabelled"] = "on" if label and _unlabelled(label, look.rows) else ""
    for index, column in enumerate(look.columns):
        spare = column.kind == "time" and column.name not in look.guesses.values()
        form[f"use-{index}"] = "ignore" if spare else "auto"
    return form


def of_options(options: Mapping[str, Any], look: FilePreview) -> dict[str, str]:
    """The form of an earlier run on the same file."""
    mapping = options.get("mapping", {})
    form = guessed(look)
    places = {column.name: str(index) for index, column in enumerate(look.columns)}
    form |= {part: places.get(mapping.get(part) or "", "") for part in PARTS}
    form |= {"fraud_is": mapping.get("fraud_is") or "", "delay_days": f"{options.get('delay_days', 0):g}"}
    form |= {"legit_is": ", ".join(mapping.get("legit_is", ())), **split_form.of_options(options)}
    form |= {name: str(options.get(name, form[name])) for name in ("algorithm", "promote", "note")}
    form["skip_unlabelled"] = "on" if mapping.get("skip_unlabelled") else ""
    form["keep_known"] = "on" if options.get("keep_known") else ""
    for name, index in places.items():
        form[f"use-{index}"] = (
            "ignore"
            if name in mapping.get("ignore", ())
            else "words"
            if name in mapping.get("categorical", ())
            else "auto"
        )
    return form


def typed(form: Mapping[str, str], look: FilePreview) -> dict[str, str]:
    """What was sent, field by field, so that a refused form keeps it."""
    names = (
        *PARTS,
        "fraud_is",
        "legit_is",
        "delay_days",
        "algorithm",
        "promote",
        "note",
        "skip_unlabelled",
        "keep_known",
    )
    uses = [f"use-{index}" for index in range(len(look.columns))]
    return {name: form.get(name, "").replace("\0", "").strip()[:NOTE] for name in (*names, *split_form.NAMES, *uses)}


def parsed(form: Mapping[str, str], look: FilePreview, role: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The options of a run (`core.models.training_runs.request`), and by field what is wrong."""
    wrong: dict[str, str] = {}
    parts = {part: _column(form.get(part, ""), part, look, wrong) for part in PARTS}
    mapping: dict[str, Any] = {part: column.name if column else None for part, column in parts.items()}
    _check(parts, form, look, wrong)
    uses = {index: form.get(f"use-{index}") or "auto" for index in range(len(look.columns))}
    for index, use in uses.items():
        if use not in USES:
            wrong[f"use-{index}"] = "Choose an option from the list."
    taken = {mapping[part] for part in ("label", "time", "id", "entity")}
    named = {use: [look.columns[i].name for i, one in uses.items() if one == use] for use in USES}
    mapping["ignore"] = [name for name in named["ignore"] if name not in taken]
    mapping["categorical"] = [name for name in named["words"] if name not in taken]
    mapping |= {
        "fraud_is": form.get("fraud_is", "").replace("\0", "").strip() or None,
        "legit_is": _listed(form.get("legit_is", ""), parts["label"]),
        "skip_unlabelled": bool(form.get("skip_unlabelled")),
    }
    if not wrong and all(column.name in taken or column.name in mapping["ignore"] for column in look.columns):
        wrong["uses"] = "Every column is excluded. Keep at least one to train on."
    delay = _delay(form.get("delay_days", ""), mapping["time"], wrong)
    options = {
        "mapping": mapping,
        "delay_days": delay,
        "split": split_form.parsed(form, mapping["time"], delay, wrong),
        "keep_known": bool(form.get("keep_known")),
        **how(form, role, wrong),
    }
    return options, wrong


def how(form: Mapping[str, str], role: str, wrong: dict[str, str]) -> dict[str, Any]:
    """Algorithm, promotion and note of any run; what is wrong goes to `wrong`."""
    algorithm, promote = form.get("algorithm") or "boosted", form.get("promote") or "never"
    if algorithm not in ALGORITHMS:
        wrong["algorithm"] = "Choose an option from the list."
    if promote not in PROMOTE:
        wrong["promote"] = "Choose an option from the list."
    elif promote != "never" and not reaches(role, "operator"):
        wrong["promote"] = "Only an operator can let a run change the model in service."
    return {
        "algorithm": algorithm,
        "promote": promote,
        "note": " ".join(form.get("note", "").replace("\0", "").split())[:NOTE],
    }


def _column(text: str, part: str, look: FilePreview, wrong: dict[str, str]) -> ColumnLook | None:
    """The column at a place; None for none."""
    if not text:
        if part == "label":
            wrong[part] = "Choose the column that holds the label."
        return None
    if not text.isdecimal() or len(text) > 6 or int(text) >= len(look.columns):
        wrong[part] = "Choose a column of the file."
        return None
    return look.columns[int(text)]


def _check(
    parts: Mapping[str, ColumnLook | None], form: Mapping[str, str], look: FilePreview, wrong: dict[str, str]
) -> None:
    """What can be told from the look alone; the run tells the rest, by row."""
    seen: dict[str, str] = {}
    for part in ("label", "time", "id", "entity"):
        column = parts[part]
        if column and column.name in seen:
            wrong.setdefault(part, f"{column.name!r} is already used as {FIELDS[seen[column.name]].lower()}.")
        elif column:
            seen[column.name] = part
    label, fraud = parts["label"], form.get("fraud_is", "").strip()
    legit = _listed(form.get("legit_is", ""), label)
    if label is None:
        return
    known = {value.strip().lower() for value, _ in label.values}
    same = {missing_values.label_word(value) for value in known}
    if label.distinct < 2:
        wrong.setdefault("label", f"{label.name!r} has only one value. Training needs fraud and legitimate rows.")
    elif fraud and known and missing_values.label_word(fraud) not in same:
        wrong["fraud_is"] = f"{label.name!r} has no value {fraud!r}: {', '.join(sorted(known))}."
    for value in legit if known else ():
        if missing_values.label_word(value) not in same:
            wrong.setdefault("legit_is", f"{label.name!r} has no value {value!r}: {', '.join(sorted(known))}.")
        elif fraud and missing_values.label_word(value) == missing_values.label_word(fraud):
            wrong.setdefault("legit_is", f"{value!r} is already the fraud value.")
    if (count := _unlabelled(label, look.rows, fraud, legit)) and not form.get("skip_unlabelled"):
        wrong["skip_unlabelled"] = f"{count:,} rows have no label. Check this to skip them."


def _listed(text: str, label: ColumnLook | None) -> list[str]:
    """The values of a list with commas; a value that holds one stands alone."""
    whole = text.replace("\0", "").strip()
    if label is not None and any(value.strip().lower() == whole.lower() for value, _ in label.values):
        return [whole]
    return [value for one in whole.split(",") if (value := one.strip())]


def _unlabelled(label: ColumnLook, rows: int, fraud: str = "", legit: Sequence[str] = ()) -> int:
    """Rows whose label is empty, or says that nothing is known, or none of the values where both sides are named."""
    named = {missing_values.label_word(value) for value in (fraud, *legit)} if fraud and legit else None
    nothing = round(label.missing * rows)
    for value, count in label.values:
        unknown = missing_values.is_undecided(value) if named is None else missing_values.label_word(value) not in named
        nothing += count if unknown else 0
    return nothing


def _delay(text: str, time: str | None, wrong: dict[str, str]) -> float:
    try:
        days = float(text.replace(",", ".") or "0")
    except ValueError:
        wrong["delay_days"] = "Enter a number of days."
        return 0.0
    if not 0 <= days <= LONGEST_DELAY:
        wrong["delay_days"] = f"Enter 0 to {LONGEST_DELAY:g} days."
    elif days and time is None:
        wrong["delay_days"] = "A delay needs a time column."
    return days
