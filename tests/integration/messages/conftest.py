"""An open spa, a mail server in a process of its own, and an outbox that talks to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from spa_pos.app import outbox
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.flows import Outbox
from spa_pos.people.actions import add_guest
from spa_pos.settings import SmtpServer
from tests.cast import Spa, settings
from tests.mailbox import Mailbox, mailbox
from tests.opened import processor, spa, spa_left_broken

__all__ = ["processor", "spa", "spa_left_broken"]


@dataclass
class Post:
    """The outbox and the server it talks to."""

    box: Mailbox
    outbox: Outbox
    spa: Spa

    async def deliver(self, **later: float) -> int:
        """Let some time pass, then send what is due; how many were tried."""
        self.spa.clock.forward(**later)
        return await self.outbox.work(self.spa.clock.now)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    """A mail server that takes everything unless told otherwise."""
    with mailbox(tmp_path) as running:
        yield running


@pytest.fixture
def post(spa: Spa, box: Mailbox) -> Post:
    """The outbox, joined to the mail server."""
    server = SmtpServer("127.0.0.1", box.port, None, None, False, None)
    return Post(box, outbox(settings(smtp=server, mail_from=("Rejuvenate Spa", "spa@example.org"))), spa)


async def ingrid_of(spa: Spa, *, email: str = "ingrid@example.org", by_text: bool = False) -> UUID:
    """A guest who wants to be written to."""
    guest_id = uuid7(spa.clock.now)
    return await add_guest(
        actor=spa.maya,
        guest_id=guest_id,
        given_name="Ingrid",
        family_name="Halvorsen",
        phone="507 555 0123",
        email=email,
        group_code="visitor",
        by_email=True,
        by_text=by_text,
        now=spa.clock.now,
    )
