"""A guest wants to be forgotten: the person goes, the books stay."""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.guest import forget_notes
from spa_pos.booking.queries.guests import visits_of_guests
from spa_pos.care.actions import forget_referrals
from spa_pos.checkout.queries.exemptions import referrals_in_use
from spa_pos.checkout.queries.guests import has_open_ticket
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.time import local_date
from spa_pos.payments.actions.on_file import remove_card
from spa_pos.payments.queries.on_file import stored_cards
from spa_pos.people.actions.erasure import erase_person
from spa_pos.stored_value.queries import holdings_of


@action
async def erase_guest(actor: Actor, *, guest_id: UUID, now: datetime) -> UUID:
    """Erase name, addresses, notes, messages and kept cards of a guest; visits and money stay.

    A referral that made a massage exempt is a tax record and stays with them; any other goes.

    Raises:
        NotFound: `guest-unknown`.
        Conflict: `visits-to-come`, `ticket-open`, `value-left` or `card-in-use`: what would be lost is
            settled first.
    """
    visits = await visits_of_guests([guest_id])
    if any(one.status.is_live and one.status != "done" for one in visits):
        raise Conflict("visits-to-come", "You have a visit to come. Cancel it first, or come and enjoy it.")
    if await has_open_ticket(guest_id):
        raise Conflict("ticket-open", "Something is not paid yet. Settle it with us first.")
    if await holdings_of(guest_id, on=local_date(now, actor.zone)):
        raise Conflict("value-left", "You have credit or a gift card with us. Use it or call us first.")
    for card in await stored_cards(guest_id):
        await remove_card(actor, card_id=card.id, guest_id=guest_id, now=now)
    await forget_referrals(guest_id, keep=await referrals_in_use(guest_id))
    await forget_notes([one.id for one in visits])
    await erase_person(actor, guest_id=guest_id, now=now)
    return guest_id
