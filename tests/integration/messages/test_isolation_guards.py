"""Without its guard a route for guests would show or change what is another guest's, and is found out."""

import base64
import contextlib
from uuid import UUID

import pytest

from spa_pos.booking.queries.waitlist import waits_of_guests
from spa_pos.checkout.pages import me, me_cards, me_waits
from spa_pos.checkout.queries.guests import receipts_of_guests
from spa_pos.messages.rules import links
from spa_pos.payments.queries import card_setup, stored_cards
from spa_pos.people.pages import guest_door
from tests.integration.messages.test_isolation import Scene, scene, tried

__all__ = ["scene"]


def _any_seal(_secret: str, _purpose: bytes, token: str) -> UUID | None:
    """The identifier in a link, whoever sealed it, for whatever."""
    with contextlib.suppress(ValueError):
        return UUID(token)
    with contextlib.suppress(ValueError):
        return UUID(bytes=base64.urlsafe_b64decode(token + "=")[:16])
    return None


WITHOUT = {
    "seal": (
        "GET /visits/{token:str}",
        "GET /visits/{token:str}/cancellation",
        "POST /visits/{token:str}/note",
        "POST /visits/{token:str}/confirmation",
        "POST /visits/{token:str}/cancellation",
        "GET /receipts/{token:str}",
        "GET /receipts/{token:str}/receipt.pdf",
        "GET /gifts/{token:str}",
        "POST /gifts/{token:str}/opening",
        "GET /give/{token:str}",
        "POST /stop/{token:str}",
        "POST /me/enter/{token:str}",
        "GET /book/you",
        "GET /book/code",
    ),
    "receipts": ("GET /me/receipts/{ticket_id:uuid}", "GET /me/receipts/{ticket_id:uuid}/receipt.pdf"),
    "waits": ("POST /me/waits/{wait_id:uuid}/withdrawal",),
    "cards": ("POST /me/cards/{card_id:uuid}/removal",),
    "setups": ("POST /me/card-setups/{setup_id:uuid}/sample",),
    "guests": ("POST /me/erasure", "POST /me/card-setups"),
}
"""What would be shown or changed without a guard."""


def take_away(guard: str, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is Ingrid's passes for Mallory's."""
    ingrid = scene.ids["Ingrid"]

    async def any_setup(_visitor: object, setup_id: UUID) -> object:
        return await card_setup(setup_id)

    async def all_guests(_address: str) -> list[UUID]:
        return [ingrid, scene.ids["Mallory"]]

    match guard:
        case "seal":
            monkeypatch.setattr(links, "_read", _any_seal)
        case "receipts":
            monkeypatch.setattr(me, "receipts_of_guests", lambda _mine: receipts_of_guests([ingrid]))
        case "waits":
            monkeypatch.setattr(me_waits, "waits_of_guests", lambda _mine: waits_of_guests([ingrid]))
        case "cards":
            monkeypatch.setattr(me_cards, "stored_cards", lambda _mine: stored_cards(ingrid))
        case "setups":
            monkeypatch.setattr(me_cards, "_own", any_setup)
        case _:
            monkeypatch.setattr(guest_door, "guests_of", all_guests)


@pytest.mark.parametrize(
    ("guard", "route"), [(guard, route) for guard, routes in WITHOUT.items() for route in routes]
)
async def test_without_its_guard_a_route_would_be_caught(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, guard: str, route: str
) -> None:
    take_away(guard, scene, monkeypatch)
    with pytest.raises(AssertionError):
        await tried(scene, *route.split())
