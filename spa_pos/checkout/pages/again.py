"""The next visit from the paid screen: the same again some weeks later, on the ordinary booking sheet."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from spa_pos.booking.actions import MOST_IN_A_PARTY
from spa_pos.booking.pages.known import Item, Known
from spa_pos.booking.queries import Visit, visits_of
from spa_pos.booking.rules import Arrangement
from spa_pos.checkout.pages.done_views import Again
from spa_pos.checkout.queries import TicketView
from spa_pos.web.i18n import day_short

WEEKS = (4, 6, 8)


async def again_of(sale: TicketView, zone: ZoneInfo) -> tuple[Again, ...]:
    """The same visits once more in so many weeks; nothing where a ticket has none."""
    ids = [line.appointment_id for line in sale.lines if line.appointment_id]
    visits = (await visits_of(ids, sale.head.location_id))[:MOST_IN_A_PARTY]
    return tuple(_in_weeks(visits, weeks, zone) for weeks in WEEKS) if visits else ()


def _in_weeks(visits: Sequence[Visit], weeks: int, zone: ZoneInfo) -> Again:
    """Everybody with their service, add-ons and provider, near the hour at which they came."""
    came = visits[0].starts_at.astimezone(zone)
    day = came.date() + timedelta(weeks=weeks)
    items = tuple(
        Item(one.guest_id, one.service_id, tuple(o.add_on_id for o in one.add_ons), one.provider_id, "named")
        for one in visits
    )
    in_turn = len({one.guest_id for one in visits}) > 1 and len({one.starts_at for one in visits}) > 1
    how = Arrangement.IN_TURN if in_turn else Arrangement.TOGETHER
    known = Known(day, arrangement=how, tapped=came.time().replace(tzinfo=None)).with_items(items)
    return Again(f"In {weeks} weeks", day_short(day), known.href)
