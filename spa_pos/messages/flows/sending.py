"""The worker of the outbox."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from uuid import UUID

import msgspec
import structlog

from spa_pos.ledger.queries import Place, place
from spa_pos.messages.actions import Claimed, claim_due, give_back, record_outcome
from spa_pos.messages.flows.papers import code_words, gift_words, receipt_words
from spa_pos.messages.flows.writing import Words, Writer, mail_words, text_words
from spa_pos.messages.gateways import Later, MailGateway, MailLine, Outcome, TextGateway
from spa_pos.messages.rules import (
    BACKOFF,
    Channel,
    CodeFacts,
    GiftFacts,
    ReceiptFacts,
    enter_code,
    enter_token,
    gift_token,
)

log = structlog.get_logger(__name__)

AT_ONCE = 20
BUDGET_SECONDS = 10.0
"""A slow server must not keep other jobs waiting for longer; what is left is tried in the next round."""


class Outbox:
    """Sends what is due: an action that claims, the network, an action that records."""

    def __init__(self, writer: Writer, mail: MailGateway, texts: TextGateway) -> None:
        self.writer = writer
        self.mail = mail
        self.texts = texts

    async def work(self, now: datetime) -> int:
        """Send up to a batch; gives how many were tried."""
        claimed = await claim_due(now=now, most=AT_ONCE)
        if not claimed:
            return 0
        places: dict[UUID, Place] = {}
        ends = asyncio.get_running_loop().time() + BUDGET_SECONDS
        async with self.mail.line() as line:
            for index, one in enumerate(claimed):
                where = places.get(one.location_id) or await place(one.location_id)
                places[one.location_id] = where
                outcome = await self._send(line, one, where, now)
                slow = asyncio.get_running_loop().time() > ends
                if isinstance(outcome, Later) and outcome.unreachable:
                    return await self._leave(claimed[index + 1 :], now + BACKOFF[0], index + 1)
                if slow:
                    return await self._leave(claimed[index + 1 :], now, index + 1)
        return len(claimed)

    @staticmethod
    async def _leave(rest: Sequence[Claimed], until: datetime, tried: int) -> int:
        await give_back(rest, until=until)
        return tried

    async def _send(self, line: MailLine, one: Claimed, where: Place, now: datetime) -> Outcome:
        words: Words | None = None
        outcome: Outcome
        try:
            words = self._words(one, where, now)
            if one.channel is Channel.EMAIL:
                outcome = await line.send(mail_of(one, words, self.writer, where, now))
            else:
                outcome = await self.texts.send(one.address, words.text)
        except Exception as problem:
            log.exception("message-failed", message=str(one.id))
            outcome = Later(f"Something is wrong with this message: {type(problem).__name__}.")
        told = None if words is None else kept(words, self._to_hide(one))
        await record_outcome(one, outcome, told, zone=where.zone, now=now)
        return outcome

    def _to_hide(self, one: Claimed) -> tuple[str, ...]:
        """What of the words may not be kept: the link to a gift is as good as the card; codes open doors."""
        secret = self.writer.secret
        if isinstance(one.facts, GiftFacts):
            return (gift_token(secret, one.facts.link_to),)
        if isinstance(one.facts, CodeFacts):
            return (enter_token(secret, one.facts.link_to), enter_code(secret, one.facts.link_to))
        return ()

    def _words(self, one: Claimed, where: Place, now: datetime) -> Words:
        if isinstance(one.facts, ReceiptFacts):
            return receipt_words(self.writer, one.facts, where, locale=one.locale)
        if isinstance(one.facts, GiftFacts):
            return gift_words(self.writer, one.facts, where, message_id=one.id, locale=one.locale)
        if isinstance(one.facts, CodeFacts):
            return code_words(self.writer, one.facts, where, locale=one.locale)
        if one.channel is Channel.TEXT:
            return text_words(self.writer, one.kind, one.facts, where, locale=one.locale)
        return mail_words(
            self.writer,
            one.kind,
            one.facts,
            where,
            message_id=one.id,
            address=one.address,
            locale=one.locale,
            made_at=now,
        )


def kept(words: Words, hidden: Sequence[str] = ()) -> dict[str, Any]:
    """What went out, as the outbox keeps it, without what must be hidden."""
    title, text, html = words.title, words.text, words.html
    for secret in hidden:
        title, text = title.replace(secret, "…"), text.replace(secret, "…")
        html = html.replace(secret, "…") if html else None
    words = Words(title, text, html, words.calendars)
    calendars = [{"method": method, "content": content.decode()} for method, content in words.calendars]
    return {
        "title": words.title,
        "text": words.text,
        "html": words.html,
        "calendars": msgspec.json.encode(calendars).decode() if calendars else None,
    }


def mail_of(one: Claimed, words: Words, writer: Writer, where: Place, now: datetime) -> EmailMessage:
    """A mail with its text, its HTML, and its invitations: the first one where mail readers look for it.

    The name of a mail stays the same however often it is tried, so that a mailbox can tell a second copy.
    """
    _, address = writer.mail_from
    stop = writer.stop_link(one.id)
    mail = EmailMessage()
    mail["From"] = formataddr((where.name, address))
    mail["To"] = one.address
    mail["Subject"] = f"{words.title} · {where.name}"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{one.id}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if one.kind.heeds_stop:
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(words.text)
    if words.html:
        mail.add_alternative(words.html, subtype="html")
    for index, (method, content) in enumerate(words.calendars):
        about = {"method": method, "charset": "utf-8"}
        if index == 0:
            mail.add_alternative(content, maintype="text", subtype="calendar", params=about)
        name = "visit.ics" if len(words.calendars) == 1 else f"visit-{index + 1}.ics"
        mail.add_attachment(content, maintype="text", subtype="calendar", filename=name, params=about)
    return mail
