"""A mail server with STARTTLS and login: takes a message only over TLS and from whoever knows the password."""

import socketserver
import ssl
import threading
import time
from base64 import b64decode
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from core.web.small_server import Bounded
from simulator.receiving import certificate
from simulator.receiving.inbox import Inbox
from simulator.receiving.plan import Plan

NAME = "smtp"
LARGEST = 5_000_000
BUSY = {"429": b"450 4.7.1 slow down", "500": b"451 4.3.0 local error", "odd_body": b"452 4.2.2 mailbox full"}


class MailServer:
    """Listens on loopback. `refuse` maps an address to the answer its RCPT gets, such as `550 5.1.1 unknown user`."""

    def __init__(
        self, host: str, port: int, password: str, folder: Path, inbox: Inbox, plan: Plan, hang: float = 20.0
    ) -> None:
        self.certificate, key = certificate.make(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.password, self.inbox, self.plan, self.hang = password, inbox, plan, hang
        self.refuse: dict[str, str] = {}
        handler = type("Session", (_Session,), {"desk": self})
        self._server = _Server((host, port), handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name=NAME, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


class _Server(Bounded, socketserver.TCPServer):
    allow_reuse_address = True


class _Session(socketserver.StreamRequestHandler):
    desk: MailServer
    timeout = 60

    def handle(self) -> None:
        """One connection."""
        self.secure = self.known = False
        self.recipients: list[str] = []
        try:
            self._say("220 local receiver ESMTP")
            while line := self.rfile.readline(4096):
                if not self._command(line.decode("utf-8", "replace").strip()):
                    return
        except OSError:
            return

    def _command(self, line: str) -> bool:
        word, _, rest = line.partition(" ")
        word = word.upper()
        if word in ("EHLO", "HELO"):
            more = ["AUTH PLAIN LOGIN"] if self.secure else ["STARTTLS"]
            self._say(*[f"250-{text}" for text in ("local receiver", "8BITMIME", "SMTPUTF8", *more)], "250 HELP")
        elif word == "STARTTLS" and not self.secure:
            self._say("220 go ahead")
            self.request = self.desk.context.wrap_socket(self.request, server_side=True)
            self.setup()
            self.secure = True
        elif word == "AUTH" and self.secure:
            self._login(rest)
        elif word in ("MAIL", "RCPT", "DATA") and not self.secure:
            self._say("530 5.7.0 Must issue a STARTTLS command first")
        elif word in ("MAIL", "RCPT", "DATA") and not self.known:
            self._say("530 5.7.0 Authentication required")
        elif word == "RCPT":
            self._recipient(rest)
        elif word == "DATA":
            return self._data()
        elif word == "QUIT":
            self._say("221 bye")
            return False
        elif word in ("MAIL", "RSET", "NOOP"):
            self.recipients = [] if word != "NOOP" else self.recipients
            self._say("250 ok")
        else:
            self._say("502 5.5.2 not understood")
        return True

    def _login(self, rest: str) -> None:
        kind, _, given = rest.partition(" ")
        if kind.upper() == "LOGIN":
            self._say("334 UGFzc3dvcmQ6" if given else "334 VXNlcm5hbWU6")
            given = self.rfile.readline(4096).decode().strip() if given else ""
            if not given:
                self._say("334 UGFzc3dvcmQ6")
                given = self.rfile.readline(4096).decode().strip()
            password = b64decode(given).decode()
        else:
            if not given:
                self._say("334 ")
                given = self.rfile.readline(4096).decode().strip()
            password = b64decode(given).decode().rpartition("\0")[2]
        self.known = password == self.desk.password
        self._say("235 2.7.0 ok" if self.known else "535 5.7.8 authentication failed")

    def _recipient(self, rest: str) -> None:
        address = rest.partition(":")[2].strip().strip("<>").split(">")[0]
        refusal = self.desk.refuse.get(address)
        if refusal is None:
            self.recipients.append(address)
        self._say(refusal or "250 ok")

    def _data(self) -> bool:
        self._say("354 go ahead")
        lines: list[bytes] = []
        while (line := self.rfile.readline(65536)) and line != b".\r\n" and sum(map(len, lines)) < LARGEST:
            lines.append(line[1:] if line.startswith(b"..") else line)
        fault = self.desk.plan.draw(NAME)
        self._keep(b"".join(lines), fault)
        if fault in BUSY:
            self._say(BUSY[fault].decode())
            return True
        if fault:
            if fault in ("timeout", "late"):
                time.sleep(self.desk.hang)
            return False
        self._say("250 2.0.0 taken")
        return True

    def _keep(self, raw: bytes, fault: str) -> None:
        mail: Any = message_from_bytes(raw, policy=policy.default)
        part = mail.get_body(("plain",))
        text = f"{mail['Subject']}\n\n{part.get_content() if part else ''}"
        shown = {
            "headers": dict(mail.items()),
            "to": list(self.recipients),
            "html": mail.get_body(("html",)) is not None,
        }
        taken = fault in ("", "late", "cut_late")
        key, event = str(mail["Message-ID"]), "reply" if mail["References"] else "message"
        self.desk.inbox.add(NAME, key, event, taken, fault or "250", fault, text, shown)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        self.wfile.flush()
