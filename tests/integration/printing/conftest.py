"""An open spa whose desk has a printer that reads what it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import take_cash
from spa_pos.db import fetch_value
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.money import Cents
from spa_pos.printing import gateways
from spa_pos.printing.actions import PrinterTerms, save_printer, use_printer
from spa_pos.printing.flows import PrintQueue
from tests.builders import open_sale
from tests.cast import Kiosk, Spa
from tests.opened import spa, spa_left_broken
from tests.printer import FakePrinter, fake_printer

__all__ = ["spa", "spa_left_broken"]


@dataclass
class Desk:
    """A kiosk that prints on the fake printer."""

    spa: Spa
    kiosk: Kiosk
    printer: FakePrinter
    printer_id: UUID
    actor: Actor
    queue: PrintQueue

    async def work(self, **later: float) -> int:
        """Let some time pass, then print what is due; how many jobs were tried."""
        self.spa.clock.forward(**later)
        return await self.queue.work(self.spa.clock.now)

    async def paid(self, **wish: Any) -> UUID:
        """A ticket settled in cash at this kiosk; the drawer is told to open."""
        ticket_id = await open_sale(self.spa, **wish)
        await take_cash(
            self.actor,
            ticket_id=ticket_id,
            tender_id=uuid4(),
            given_cents=Cents(13_000),
            version=1,
            now=self.spa.clock.now,
        )
        return ticket_id


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePrinter]:
    """A printer that is on; what waits for it waits shorter than in the house."""
    monkeypatch.setattr(gateways, "SECONDS", 0.6)
    with fake_printer() as running:
        yield running


def terms(printer: FakePrinter, **changed: Any) -> PrinterTerms:
    """What a manager types of it."""
    typed = {"name": "Desk printer", "host": "127.0.0.1", "port": printer.port, "columns": 42}
    return PrinterTerms(**{**typed, "has_drawer": True, "tells_state": True, **changed})


@pytest.fixture
async def desk(spa: Spa, printer: FakePrinter) -> Desk:
    """Maya at a kiosk with the printer."""
    kiosk = await spa.kiosk()
    device_id = await fetch_value("SELECT id FROM device ORDER BY enrolled_at DESC LIMIT 1")
    printer_id = uuid4()
    await save_printer(spa.renata, printer_id=printer_id, terms=terms(printer), now=spa.clock.now)
    await use_printer(spa.renata, device_id=device_id, printer_id=printer_id, now=spa.clock.now)
    actor = Actor(spa.maya.name, spa.maya.role, spa.maya.location_id, spa.maya.zone, device_id=device_id)
    return Desk(spa, kiosk, printer, printer_id, actor, PrintQueue())
