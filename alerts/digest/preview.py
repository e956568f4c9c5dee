"""Prints the digest that would be sent now; nothing is written or sent."""

from collections.abc import Callable

from alerts.digest import build
from alerts.digest import model as digest
from alerts.notify import message_format
from alerts.notify.channels import email
from core import clock
from core.settings import Settings
from core.stores import assemble


def show(known: Settings, as_html: bool, say: Callable[[str], object]) -> int:
    """The exit code. Raises DatabaseUnavailable."""
    stores = assemble(known)
    try:
        now = clock.now()
        found = build.build(stores.database, build.last_midnight(now))
        notice = message_format.harmless(build.notice(found, now, ""))
        weekly = digest.of(notice) or found
        say(email.digest_html(notice, weekly) if as_html else message_format.text(notice))
    finally:
        stores.close()
    return 0
