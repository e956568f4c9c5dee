"""Every advisory lock has a number of its own: two subjects under one number would wait for each other for nothing."""

import re
from collections import defaultdict

from core.settings import ROOT

NUMBER = re.compile(r"\b7_?305_?(\d{3})\b")


def test_no_two_subjects_share_a_lock():
    users = defaultdict(set)
    for path in [*ROOT.glob("sql/queries/**/*.sql"), *ROOT.glob("core/**/*.py")]:
        for number in NUMBER.findall(path.read_text()):
            users[number].add(path.name)
    assert len(users) > 5
    assert {number: names for number, names in users.items() if len(names) > 1} == {}
