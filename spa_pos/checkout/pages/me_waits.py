"""What a guest waits for, on their own page: seen, taken when a time is held for them, or given up."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.booking.actions.waitlist import withdraw_wait
from spa_pos.booking.queries.waitlist import OfferView, WaitView, open_offers, waits_of_guests
from spa_pos.checkout.pages.me_views import MyWait
from spa_pos.db import once
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.messages.rules import visit_token
from spa_pos.people.pages.guest_door import Visitor, visitor_posted
from spa_pos.people.pages.session import GUEST, settings_of
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, see
from spa_pos.web.forms import uuid_from
from spa_pos.web.i18n import gettext as _


async def my_waits(visitor: Visitor) -> tuple[MyWait, ...]:
    """The waitlist as this guest sees it."""
    waits = await waits_of_guests(visitor.guest_ids)
    offered = await open_offers([one.id for one in waits])
    return tuple(_row(visitor, one, offered.get(one.id)) for one in waits)


def _row(visitor: Visitor, one: WaitView, offer: OfferView | None) -> MyWait:
    first, last = i18n.day_full(one.first_day), i18n.day_full(one.until)
    secret = settings_of(visitor.request).secret
    return MyWait(
        service=i18n.gettext(one.service_name),
        days=first if first == last else _("%(day)s to %(until)s") % {"day": first, "until": last},
        state=_("A time is held for you") if offer else _("You are on the waitlist"),
        who=one.guest_name if len(visitor.guest_ids) > 1 else None,
        offer_href=f"/visits/{visit_token(secret, offer.appointment_id)}" if offer else None,
        withdrawal=f"/me/waits/{one.id}/withdrawal",
        version=one.version,
    )


@post("/me/waits/{wait_id:uuid}/withdrawal", opt=dict(GUEST), status_code=200)
async def give_up(request: AnyRequest, wait_id: FromPath[UUID]) -> Response[Any]:
    """Wait no longer; somebody else's entry is unknown here.

    Raises:
        NotFound: `wait-unknown`. Conflict: `wait-changed`.
    """
    visitor, fields = await visitor_posted(request)
    key, version = uuid_from(fields.get("request"), "request"), fields.get("version", "")
    if key is None or not (version.isascii() and version.isdigit() and len(version) < 9):
        raise Invalid("form-unreadable", "Something in the form cannot be read. Open the page again.")
    found = next((one for one in await waits_of_guests(visitor.guest_ids) if one.id == wait_id), None)
    if found is None:
        raise NotFound("wait-unknown", "You wait for this no longer.")
    if found.version != int(version):
        raise Conflict("wait-changed", "This changed a moment ago. Look at your page once more.")
    await once(
        key, withdraw_wait, actor=visitor.actor, wait_id=wait_id, version=found.version, now=visitor.now
    )
    return see(request, "/me")


router = Router("/", route_handlers=[give_up])
