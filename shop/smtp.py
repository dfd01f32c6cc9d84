"""Speaking to a mail server step by step, so that it is known at each step whether it has the letter.

Until the line with a single dot ends the content, the server must not deliver anything (RFC 5321, 4.1.1.4
and 4.2.5): whatever fails before it may be tried again freely. After the dot only the server's answer
tells; if that is lost, nobody knows (RFC 1047), and trying again would be how letters arrive twice.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20  # for each answer of the mail server
# Servers look through a letter before they answer the dot. RFC 5321 (4.5.3.2.6) would have us wait for ten
# minutes; all other jobs would wait with us.
LAST_ANSWER_S = 60
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")  # RFC 3463


class ServerAway(Exception):
    """The mail server cannot be reached or spoken to, so further letters need not be tried now."""


class LetterRefused(Exception):
    """The mail server does not take this letter; `is_final` if it never will, as there is no such mailbox."""

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final


class AnswerLost(Exception):
    """The server had the whole letter, but not how it ended: it may have been delivered."""


class NotOurs(Exception):
    """The letter is no more for this worker to decide: it is marked, by itself or by another one."""


@contextmanager
def connected(smtp_url: str, own_name: str) -> Iterator[smtplib.SMTP]:
    """A connection that is signed in; whatever happens at its end, the letter's fate is settled by then.

    `own_name` is the domain by which we introduce ourselves. Raises ServerAway.
    """
    server = _connect(smtp_url, own_name)
    try:
        yield server
        if server.sock:
            server.sock.settimeout(2)
        with suppress(OSError):
            server.quit()
    finally:
        server.close()


def hand_over(server: smtplib.SMTP, message: EmailMessage, mark: Callable[[], bool]) -> None:
    """Give a letter with one sender and one recipient to the server.

    `mark` is called when the server has everything but the final dot; it notes for good that the
    letter is being handed over. If it says False, the letter is not ours any more. Raises ServerAway,
    LetterRefused, NotOurs (nothing was delivered), AnswerLost (nobody knows).
    """
    try:
        content = _offer(server, message)
        server.send(content)
        is_ours = mark()
    except OSError as error:  # the base of smtplib's other errors as well
        raise ServerAway(f"Der Mailserver antwortet nicht mehr: {words(error)}") from error
    if not is_ours:
        server.close()  # within the content there is no other way to take it back
        raise NotOurs
    _finish(server)


def words(error: Exception) -> str:
    """What a server or the machine said, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return " ".join(str(error).split()) or type(error).__name__


def _offer(server: smtplib.SMTP, message: EmailMessage) -> bytes:
    """Name sender and recipient, and ask to send the content; gives it as it travels, without the dot."""
    sender, recipient = (message[each].addresses[0].addr_spec for each in ("From", "To"))
    server.ehlo_or_helo_if_needed()
    is_ascii = (sender + recipient).isascii()
    if not is_ascii and not server.has_extn("smtputf8"):
        raise LetterRefused(
            f"Der Mailserver kann an „{recipient}“ nicht schreiben: Umlaute vor dem @ kennt er nicht.", is_final=True
        )
    content = message.as_bytes(policy=SMTP.clone(utf8=not is_ascii))
    options = [] if is_ascii else ["SMTPUTF8", "BODY=8BITMIME"]
    if server.has_extn("size"):
        options.append(f"size={len(content)}")
    _expect(server.mail(sender, options), "sender")
    _expect(server.rcpt(recipient), "recipient")
    _expect(server.docmd("DATA"), "content", good=(354,))
    return re.sub(rb"(?m)^\.", b"..", content)


def _finish(server: smtplib.SMTP) -> None:
    """The dot, and the answer that decides."""
    try:
        if server.sock:
            server.sock.settimeout(LAST_ANSWER_S)
        server.send(b".\r\n")
        answer = server.getreply()
    except OSError as error:
        raise AnswerLost(
            f"Der Mailserver hatte den Brief schon, dann riss die Verbindung ab: {words(error)}"
        ) from error
    if not 200 <= answer[0] < 600:
        raise AnswerLost(f"Der Mailserver hatte den Brief schon und sagte: {_said(*answer)}")
    _expect(answer, "content")


def _expect(answer: tuple[int, bytes], about: str, good: tuple[int, ...] = (250, 251, 252)) -> None:
    """Go on if the answer is good; raise LetterRefused, or ServerAway if nobody's letter would be taken."""
    code, text = answer
    if code in good:
        return
    said = _said(code, text)
    if code == 421 or (about == "sender" and code >= 500):
        raise ServerAway(f"Der Mailserver nimmt gerade keine Briefe von uns an: {said}")
    if _is_final(code, said, about):
        raise LetterRefused(_FINAL[about].format(said), is_final=True)
    raise LetterRefused(f"Der Mailserver nimmt den Brief nicht an: {said}")


_FINAL = {
    "recipient": "Diese E-Mail-Adresse gibt es nicht, oder ihr Postfach nimmt nichts an. Der Mailserver sagt: {}",
    "content": "Der Mailserver will diesen Brief nie annehmen, so wie er ist. Er sagt: {}",
}


def _is_final(code: int, said: str, about: str) -> bool:
    """Whether trying again is useless: no such address (5.1), a closed mailbox (5.2), an impossible content (5.6).

    Everything else that is called permanent (5.7: not allowed to send, on a black list; 5.4: today's
    quota is used up) is put right by somebody within two days, or else the letter is given up then.
    """
    if code < 500:
        return False
    enhanced = _ENHANCED.search(said)
    if enhanced:
        return int(enhanced[1]) in ((1, 2) if about == "recipient" else (2, 6))
    return about == "recipient" and code in (550, 551, 553) and not re.search("relay|denied|block|spam", said, re.I)


def _said(code: int, text: bytes | str) -> str:
    spoken = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(spoken.split())}"


def _connect(smtp_url: str, own_name: str) -> smtplib.SMTP:
    parts = urlsplit(smtp_url)
    host = parts.hostname or "localhost"
    try:
        server = _open(parts.scheme, host, parts.port, own_name)
    except OSError as error:
        raise ServerAway(f"Der Mailserver {host} ist nicht erreichbar: {words(error)}") from error
    try:
        is_secret = parts.scheme == "smtps" or _start_tls(server)
        if parts.username:
            if not is_secret and host not in _LOCAL_HOSTS:
                raise ServerAway(
                    f"Der Mailserver {host} bietet keine Verschlüsselung an; das Passwort geht so nicht hin."
                )
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except OSError as error:
        server.close()
        raise ServerAway(f"Der Mailserver {host} lässt uns nicht herein: {words(error)}") from error
    except ServerAway:
        server.close()
        raise
    return server


def _open(scheme: str, host: str, port: int | None, own_name: str) -> smtplib.SMTP:
    if scheme == "smtps":
        secrecy = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, own_name, timeout=TIMEOUT_S, context=secrecy)
    return smtplib.SMTP(host, port or 587, own_name, timeout=TIMEOUT_S)


def _start_tls(server: smtplib.SMTP) -> bool:
    server.ehlo()
    if not server.has_extn("starttls"):
        return False
    server.starttls(context=ssl.create_default_context())
    return True
