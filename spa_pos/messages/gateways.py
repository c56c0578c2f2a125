"""How messages leave the house: by SMTP, or not at all when no way out is set."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol, TypeAlias

import aiosmtplib
import structlog

from spa_pos.db import forbid_transaction
from spa_pos.messages.rules import hidden_address
from spa_pos.settings import SmtpServer

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 10
ANSWER_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has it; what it calls the message, where it says so."""

    number: str | None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """There is no way out; nothing was sent and nothing will be."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take it."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `unreachable`: nobody answers, so the next message need not be tried either."""

    why: str
    unreachable: bool = False


Outcome: TypeAlias = Taken | NotTaken | Refused | Later


class MailLine(Protocol):
    """An open way for mails."""

    async def send(self, mail: EmailMessage) -> Outcome:
        """Hand one mail over."""


class MailGateway(Protocol):
    """How mails leave the house."""

    is_real: bool

    def line(self) -> contextlib.AbstractAsyncContextManager[MailLine]:
        """An open way for some mails; opening it never raises, sending tells what is wrong."""


class TextGateway(Protocol):
    """How texts leave the house; `create_app(texts=…)` takes one.

    What it answers decides: `Taken` is sent, `Refused` fails at once, `Later` is tried again after 1, 5, 15
    and 60 minutes and 6 hours, `NotTaken` says that nothing was sent. The outbox says while none is real.
    """

    is_real: bool

    async def send(self, number: str, words: str) -> Outcome:
        """Hand one text over; the number is in E.164."""


NO_MAIL = "No mail server is set (SPA_SMTP_URL), so nothing was sent; it stands in the log."
NO_TEXTS = "No provider for texts is set, so nothing was sent; it stands in the log."


class LogOnlyMail:
    """Sends nothing and says so."""

    is_real = False

    @contextlib.asynccontextmanager
    async def line(self) -> AsyncIterator[MailLine]:
        """A way to nowhere."""
        yield self

    async def send(self, mail: EmailMessage) -> Outcome:
        """Log that a mail was not sent."""
        log.warning("mail-not-sent", to=hidden_address(mail["To"]), subject=mail["Subject"], why=NO_MAIL)
        return NotTaken(NO_MAIL)


class LogOnlyTexts:
    """Sends nothing and says so."""

    is_real = False

    async def send(self, number: str, words: str) -> Outcome:
        """Log that a text was not sent."""
        log.warning("text-not-sent", to=hidden_address(number), letters=len(words), why=NO_TEXTS)
        return NotTaken(NO_TEXTS)


class SmtpMail:
    """Hands mails to one SMTP server; one connection for a batch, opened with the first mail."""

    is_real = True

    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    @contextlib.asynccontextmanager
    async def line(self) -> AsyncIterator[MailLine]:
        """A connection that is opened when it is needed and closed politely."""
        line = SmtpLine(self.server)
        try:
            yield line
        finally:
            await line.close()


class SmtpLine:
    """One connection to the server."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, mail: EmailMessage) -> Outcome:
        """Hand one mail over, and tell whether it is taken, refused for good, or to be tried again."""
        forbid_transaction()
        try:
            client = await self._open()
        except aiosmtplib.SMTPAuthenticationError as problem:
            return Later(f"The mail server refuses our name and password ({problem.code}).", unreachable=True)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as problem:
            await self.close()
            return Later(f"The mail server does not answer: {_words(problem)}.", unreachable=True)
        try:
            _, answer = await client.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return self._refused(refused.recipients[0].code, refused.recipients[0].message)
        except aiosmtplib.SMTPResponseException as refused:
            return self._refused(refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError) as problem:
            await self.close()
            return Later(f"The connection to the mail server broke: {_words(problem)}.")
        return Taken(answer[:200] or None)

    @staticmethod
    def _refused(code: int, words: str) -> Outcome:
        told = f"The mail server says {code}: {' '.join(words.split())}"
        return Refused(told) if code >= 500 else Later(told)

    async def _open(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=ANSWER_SECONDS,
        )
        await client.connect(timeout=CONNECT_SECONDS)
        self._client = client
        return client

    async def close(self) -> None:
        """Say goodbye, or hang up when nobody listens."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=2)
            client.close()


def _words(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:120] or type(problem).__name__
