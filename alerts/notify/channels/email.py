"""Kind `email`: SMTP with STARTTLS or implicit TLS. All messages of an incident are one thread.

The Message-ID is the same at every try, so that a mail system drops what it has already. At least once.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import SplitResult, unquote, urlsplit

from alerts.digest import mail as digest_mail
from alerts.digest import model as digest
from alerts.digest.model import Digest
from alerts.notify.channel import ChannelConfig, Permanent, Receipt, SecretName, Transient
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import cut, facts, headline, one_line, story, text
from core.alerting.notification import Notice
from core.clock import to_datetime
from core.untrusted_text import inert, own_link, unmarked

KIND = "email"
Refusals = dict[str, tuple[int, bytes]]


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """`server` names the secret: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (implicit TLS).

    `to` holds one or more addresses with commas. `ca_file` is for a server whose certificate no public authority
    signed.
    """

    server: SecretName
    sender: str
    to: str
    ca_file: str = ""


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """Server, sender and recipients."""
    found = [] if _server(parameters, wire) else [parameters.server]
    return found + [name for name in ("sender", "to") if "@" not in getattr(parameters, name)]


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """Hand one message over. Raises Permanent (5xx, no TLS, bad certificate), Transient (4xx, no answer)."""
    server = _server(parameters, wire)
    if server is None:
        raise Permanent(f"{parameters.server} is not an smtp:// or smtps:// URL")
    mail = message(notice, parameters.sender, parameters.to)
    try:
        refused = _hand_over(mail, server, parameters)
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPNotSupportedError as error:
        raise Permanent(f"{server.hostname} offers no {'login' if 'AUTH' in str(error) else 'STARTTLS'}") from None
    except smtplib.SMTPResponseException as error:
        raise _error(error.smtp_code, error.smtp_error) from None
    except ssl.SSLCertVerificationError as error:
        raise Permanent(f"the certificate of {server.hostname} is invalid: {error.verify_message}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Transient(f"{server.hostname} did not accept it ({error.__class__.__name__})") from None
    for code, said in refused.values():
        if code < 500 or len(refused) == len(_addresses(parameters.to)):
            raise _error(code, said)
    detail = f"refused for {', '.join(refused)}" if refused else ""
    return Receipt(str(mail["Message-ID"]), "accepted", detail)


def message(notice: Notice, sender: str, to: str) -> EmailMessage:
    """Text and HTML; the first message of an incident begins its thread."""
    domain = sender.rpartition("@")[2].strip(" >") or "gatehouse"
    root = f"<{notice.incident_id}@{domain}>"
    weekly = digest.of(notice)
    is_first = (notice.event in ("trigger", "test", "canary") or weekly is not None) and not notice.follows
    mail = EmailMessage()
    words = notice.title if weekly is not None else f"[{notice.severity.upper()}] {notice.title}"
    subject = cut(inert(words), 180)
    mail["Subject"] = subject if is_first else f"Re: {subject}"
    mail["From"], mail["To"] = one_line(sender), ", ".join(_addresses(to))
    mail["Date"] = format_datetime(to_datetime(notice.at))
    mail["Message-ID"] = root if is_first else f"<{notice.incident_id}.{notice.event}.{notice.at:.0f}@{domain}>"
    if not is_first:
        mail["In-Reply-To"] = mail["References"] = root
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text(notice, unmarked))
    if weekly is None:
        mail.add_alternative(html(notice), subtype="html")
    else:
        _add_digest(mail, notice, weekly, domain)
    return mail


def html(notice: Notice) -> str:
    """The message for a mail reader: no picture, no style sheet, nothing loaded from anywhere."""
    rows = "".join(
        f'<tr><td style="padding:2px 16px 2px 0;color:#556173">{escape(one.label)}</td>'
        f"<td>{escape(one.value)}</td></tr>"
        for one in facts(notice)
    )
    links = [
        (own_link(notice.link), "Open the incident"), (own_link(notice.runbook), "Runbook"),
        (own_link(notice.judge), "Was this right?"),
    ]  # fmt: skip
    shown = " &nbsp; ".join(f'<a href="{escape(href)}">{title}</a>' for href, title in links if href)
    return (
        '<!doctype html><html><body style="font:15px/1.45 sans-serif;color:#131a24">'
        f'<p style="font-size:18px;font-weight:600;margin:0 0 8px">{escape(headline(notice))}</p>'
        f'<p style="margin:0 0 12px">{escape(story(notice))}</p><table>{rows}</table>'
        f'<p style="margin:12px 0">{shown}</p>'
        f'<p style="color:#556173;font-size:12px">{escape(inert(notice.correlation_id))}</p></body></html>'
    )


def _add_digest(mail: EmailMessage, notice: Notice, weekly: Digest, domain: str) -> None:
    """Its HTML, and each picture as a part that the page names by its content id."""
    found = digest_mail.drawn(weekly, domain)
    mail.add_alternative(digest_mail.html(notice, weekly, found), subtype="html")
    page = list(mail.iter_parts())[-1]
    for picture in [one for section in found for one in section if one]:
        name = f"{picture.cid.partition('@')[0]}.png"
        page.add_related(picture.png, "image", "png", cid=f"<{picture.cid}>", filename=name, disposition="inline")


def _hand_over(mail: EmailMessage, server: SplitResult, parameters: Parameters) -> Refusals:
    context = ssl.create_default_context(cafile=parameters.ca_file or None)
    host, timeout = server.hostname or "", parameters.timeout
    if server.scheme == "smtps":
        link: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=timeout, context=context)
    else:
        link = smtplib.SMTP(host, server.port or 587, timeout=timeout)
    with link:
        if server.scheme == "smtp":
            link.starttls(context=context)
        if server.username:
            link.login(unquote(server.username), unquote(server.password or ""))
        return link.send_message(mail, to_addrs=_addresses(parameters.to))


def _server(parameters: Parameters, wire: Wire) -> SplitResult | None:
    parts = urlsplit(wire.secret(parameters.server))
    wire.hide(parts.password or "", unquote(parts.password or ""))
    return parts if parts.scheme in ("smtp", "smtps") and parts.hostname else None


def _addresses(to: str) -> list[str]:
    return [one.strip() for one in to.split(",") if one.strip()]


def _error(code: int, said: bytes | str) -> Permanent | Transient:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    reason = one_line(f"it responded {code}: {words}")[:300]
    return Permanent(reason) if code >= 500 else Transient(reason)
