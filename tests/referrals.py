"""Short ways to a stored referral."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.care.actions import accept_referral
from spa_pos.care.rules import Said
from spa_pos.kernel.actor import Actor
from tests.cast import Spa

PAGE = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


async def stored(spa: Spa, guest_id: UUID, *, by: Actor | None = None, **changed: object) -> UUID:
    """A referral of a physician, written a month ago and valid for months, unless wished otherwise."""
    today = spa.local(9).date()
    said: dict[str, Any] = {
        "profession": "physician",
        "professional": "Dr. Helen Strand",
        "licence": "MD 12345",
        "written_on": today - timedelta(30),
        "valid_until": today + timedelta(200),
        "for_treatment": True,
    }
    asked: dict[str, Any] = {"referral_id": uuid4(), "scan": PAGE}
    return await accept_referral(
        by or spa.maya,
        guest_id=guest_id,
        said=Said(**{name: changed.get(name, value) for name, value in said.items()}),
        now=spa.clock.now,
        **{name: changed.get(name, value) for name, value in asked.items()},
    )
