"""The program dies at every seam of a card payment; recovery makes the books agree with the processor."""

import contextlib
import subprocess
import sys
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.ids import uuid7
from spa_pos.payments.flows import Recovered
from spa_pos.payments.queries import attempt
from spa_pos.payments.rules import State
from spa_pos.settings import PROJECT
from tests.conftest import Database
from tests.integration.payments.conftest import NOW, Desk, heard, view
from tests.integration.payments.driver import DEAD, SEAMS

CHARGED = SEAMS[SEAMS.index("card held to the reader") :]
WAITING = ("present asked", "submitted recorded")


def die_at(seam: str, desk: Desk, url: str) -> tuple[UUID, UUID]:
    """Run the driver until it is dead; gives the attempt and its subject."""
    attempt_id, subject = uuid7(NOW), uuid4()
    ids = [str(one) for one in (attempt_id, desk.location_id, desk.reader_id, subject)]
    command = [sys.executable, "-m", "tests.integration.payments.driver", url, desk.processor.address, seam]
    done = subprocess.run([*command, *ids], cwd=PROJECT, timeout=60, check=False)
    assert done.returncode == DEAD
    return attempt_id, subject


async def settled(desk: Desk, attempt_id: UUID, subject: UUID) -> State:
    """Recover twice; the books must then agree with the processor to the cent."""
    await desk.cards.recover(NOW + timedelta(minutes=10))
    assert await desk.cards.recover(NOW + timedelta(minutes=20)) == Recovered(0, 0, 0)
    found = await view(attempt_id)
    charged = sum(charge["amount"] for charge in desk.processor.charges(attempt_id))
    assert await heard(subject) == (found.received_cents or 0) == charged
    assert (found.state is State.PAID) == (charged == 4_200)
    return found.state


@pytest.mark.parametrize("seam", SEAMS)
async def test_after_a_crash_the_books_agree_with_the_processor(
    desk: Desk, database: Database, seam: str
) -> None:
    attempt_id, subject = die_at(seam, desk, database.url)
    before = await attempt(attempt_id)
    assert before is not None
    assert (before.state is State.PAID) == (seam == "paid recorded"), "control: most crashes leave it open"
    state = await settled(desk, attempt_id, subject)
    assert state is (State.PAID if seam in CHARGED else State.CANCELLED)


@pytest.mark.parametrize("seam", WAITING)
async def test_a_guest_who_taps_while_the_program_is_dead_has_paid(
    desk: Desk, database: Database, seam: str
) -> None:
    attempt_id, subject = die_at(seam, desk, database.url)
    await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    assert await settled(desk, attempt_id, subject) is State.PAID


@pytest.mark.parametrize("seam", WAITING)
async def test_a_guest_who_taps_after_recovery_is_not_charged(
    desk: Desk, database: Database, seam: str
) -> None:
    attempt_id, subject = die_at(seam, desk, database.url)
    assert await settled(desk, attempt_id, subject) is State.CANCELLED
    with contextlib.suppress(Conflict):
        await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    assert desk.processor.charges(attempt_id) == []


async def test_the_desk_can_take_the_next_card_at_once_after_recovery(desk: Desk, database: Database) -> None:
    die_at("submitted recorded", desk, database.url)
    with pytest.raises(Conflict):
        await desk.opened()
    await desk.cards.recover(NOW + timedelta(minutes=10))
    assert (await view(await desk.started())).state is State.SUBMITTED
