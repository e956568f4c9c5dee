"""`python -m stack`: runs the local stack. `python -m stack password`: a new password for the administrator.

`python -m stack token` makes, lists and revokes machines' tokens; `python -m stack threats` keeps the threat list;
`python -m stack audit` proves the audit log; `audit acknowledge ROW REASON` answers a break that it recorded.
`python -m stack mfa` forgets the administrator's second factors, for whoever lost the phone and the recovery codes.
`python -m stack backup FILE` and `restore FILE` keep and bring back the whole database.
`python -m stack env` prints the variables with which a command of another terminal reaches the running stack.
"""

import getpass
import os
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType

from core.startup import paused_gc

with paused_gc():
    from core.audit.actors import INSTALLATION
    from core.audit.chain import Audit
    from core.audit.check import acknowledge, check
    from core.db.engine import Database
    from core.errors import GatehouseError
    from core.identity import second_factors, users
    from stack import backup, fake_receivers, threats, token
    from stack.failure import StackError
    from stack.progress import complain, notice
    from stack.reach import addresses, log_of
    from stack.scaling import Scaling
    from stack.start import Stack, assemble, start
    from stack.supervisor import LOOK_SECONDS

USAGE = (
    "usage: python -m stack [run | password | mfa | env | token … | threats … | audit … | backup FILE | restore FILE]"
)


class Stopped(BaseException):
    """Somebody asked the stack to end (Ctrl-C, SIGTERM)."""


def main(arguments: list[str]) -> int:
    """Exit code 0 after an orderly end, 2 with one sentence when the stack cannot start."""
    commands = {"run": run, "password": password, "mfa": mfa, "env": env}
    name = arguments[0] if arguments else "run"
    command = commands.get(name)
    with_words = {"token": token.run, "threats": threats.run, "audit": audit}
    if name not in (*with_words, "backup", "restore") and (command is None or len(arguments) > 1):
        complain(USAGE)
        return 2
    try:
        if command:
            return command(assemble())
        told = with_words.get(name)
        return told(assemble(), arguments[1:]) if told else backup.run(assemble(), arguments)
    except (StackError, GatehouseError) as error:
        complain(str(error))
    except OSError as error:
        complain(f"{error.filename or 'The system'}: {error.strerror or error}")
    return 2


def run(stack: Stack) -> int:
    """Starts everything, watches it until told to stop, and stops everything."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    renewals: list[int] = []
    scaling: Scaling | None = None
    signal.signal(signal.SIGUSR1, lambda number, _: renewals.append(number))
    try:
        began = time.monotonic()
        start(stack)
        scaling = Scaling(Database(stack.supervisor.env["DATABASE_URL"], pool_size=1), stack.supervisor.pids)
        scaling.start()
        _welcome(stack, time.monotonic() - began)
        while True:
            stack.supervisor.look()
            if renewals:
                renewals.clear()
                _renew_password(stack)
            time.sleep(LOOK_SECONDS)
    except Stopped:
        notice("stopping")
        if scaling:
            scaling.stop()
        _stop_all(stack)
        notice("all processes stopped; data kept")
        return 0
    finally:
        _stop_all(stack)


def password(stack: Stack) -> int:
    """Sets a new password for the administrator, and tells a running stack."""
    if stack.settings.admin_password_hash:
        raise StackError("GATEHOUSE_ADMIN_PASSWORD_HASH is set in the environment; change the password there.")
    if not stack.home.path.exists():
        raise StackError(
            f"There is no stack in {stack.home.path} yet. Run `make run` to create one; it prints the password."
        )
    word = stack.home.new_password()
    print(f"user {stack.settings.admin_user}, password {word}")
    holder = stack.home.holder()
    if holder is not None:
        os.kill(holder, signal.SIGUSR1)
        print("The running console is switching to it now.")
    return 0


def mfa(stack: Stack) -> int:
    """Forgets the administrator's second factors in the running stack; the next login sets up a new authenticator."""
    database = Database(stack.home.addresses()["DATABASE_URL"])
    name = stack.settings.admin_user
    secret_key = stack.settings.secret_key or stack.home.secrets()["secret_key"]
    with database.transaction() as connection:
        user = users.by_name(connection, name)
        if user is None:
            raise StackError(f"{name} has never logged in, so there is nothing to reset.")
        second_factors.reset(connection, user.id)
        users.lock(connection, user.id, None)
        Audit.of(stack.settings, stack.home.addresses()["DATABASE_URL"], secret_key).append(
            connection, INSTALLATION, "user.reset-mfa", f"user:{name}", None, {"enrolled": False}
        )
    database.close()
    print(f"{name} will set up a new authenticator at the next login.")
    return 0


def env(stack: Stack) -> int:
    """Prints `export` lines: `eval "$(python -m stack env)"`."""
    for name, value in stack.home.addresses().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def audit(stack: Stack, arguments: Sequence[str] = ()) -> int:
    """Proves the audit log whole; exit code 1 with the first row at fault when it is not.

    `acknowledge ROW REASON` says that a person has looked at the break which that row records.
    """
    known = addresses(stack)
    database, log = Database(known["DATABASE_URL"]), log_of(stack, known)
    match list(arguments):
        case []:
            verdict = check(database, log, full=True)
            print(verdict.sentence())
            for found in verdict.problems[1:]:
                print(f"audit: row {found.seq}: {found.sentence}")
            return 1 if verdict.problem else 0
        case ["acknowledge", row, reason] if row.isdecimal() and reason.strip():
            acknowledge(database, log, int(row), f"{getpass.getuser()} (command line)", reason.strip())
            print(f"The break of row {row} is acknowledged; it stays in the log.")
            return 0
        case _:
            raise StackError("usage: python -m stack audit [acknowledge ROW REASON]")


def _welcome(stack: Stack, seconds: float) -> None:
    print(f"\nGatehouse is ready after {seconds:.0f} s.\n\n  {stack.url}\n")
    if stack.first_password:
        print(f"  user      {stack.settings.admin_user}\n  password  {stack.first_password}\n")
        print("  The password is shown only now; `make password` sets a new one. The first login sets up an")
        print("  authenticator app (any that shows six-digit codes) and shows ten recovery codes: save them.")
    else:
        print(f"  user {stack.settings.admin_user}, the password of the first start; `make password` sets a new one.")
    if "receivers" in stack.supervisor.watched:
        where = fake_receivers.page(stack.settings, stack.home)
        print(f"  No real channel is configured; view the notifications that would be sent: {where}")
    print(
        "  To send events from another system, create a token: python -m stack token create --name NAME --scope ingest"
    )
    print("  Ctrl-C stops everything and keeps the data.\n", flush=True)


def _renew_password(stack: Stack) -> None:
    word = stack.home.secrets()["admin_password_hash"]
    stack.supervisor.own.setdefault("console", {})["GATEHOUSE_ADMIN_PASSWORD_HASH"] = word
    stack.supervisor.restart("console")
    notice("the console was restarted with the new password")


def _stop_all(stack: Stack) -> None:
    """Stops everything, undisturbed by further Ctrl-C. Once it has, doing it again does nothing."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stack.supervisor.stop()


def _stop(_: int, __: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
