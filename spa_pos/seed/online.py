"""Two guests who booked online by themselves, invented, told through the actions of the five screens."""

from datetime import date, datetime, timedelta

from spa_pos.booking.actions.online import OnlineAsk, confirm_online, hold_online, say_who
from spa_pos.booking.queries import needs_of, supplies
from spa_pos.booking.queries.online import Person, online_booking
from spa_pos.booking.rules import Slot, open_times
from spa_pos.catalog.queries import MenuService, menu, quotes
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group
from spa_pos.seed.house import House

BOOKED = (
    ("swedish-60", "visitor", Person("Marit", "Dahl", "507 555 0188", "marit.dahl@example.org", False)),
    ("facial-60", "companion", Person("Luis", "Ortega", "507 555 0189", "luis.ortega@example.org", False)),
)
DAYS_AHEAD = 7


async def add_online(house: House, *, now: datetime) -> int:
    """Let some guests book a time of the coming week; gives how many found one."""
    guest = Actor("The guest", Role.FRONT_DESK, house.location_id, house.zone)
    today, count = local_date(now, house.zone), 0
    for code, group_code, person in BOOKED:
        service = next(one for one in await menu() if one.code == code)
        slot = await _free(house, service, today, now)
        if slot is None:
            continue
        booking_id, group = uuid7(now), await known_group(group_code)
        quoted = await quotes(
            house.location_id, house.zone, [service.id], group, starts_at=slot.starts_at, booked_at=now
        )
        price = Cents(quoted[service.id].price_cents)
        ask = OnlineAsk(service.id, (), group_code, slot.provider.staff_id, slot.starts_at, price)
        await hold_online(
            guest, booking_id=booking_id, is_new=True, network="sample", asked=[ask], path="/book", now=now
        )
        await say_who(guest, booking_id=booking_id, person=person, code_id=None, now=now)
        held = await online_booking(booking_id)
        if held is not None:
            await confirm_online(
                guest,
                booking_id=booking_id,
                appointment_id=held.first.id,
                address=person.email,
                quoted_cents=price,
                locale="en",
                now=now,
            )
            count += 1
    return count


async def _free(house: House, service: MenuService, today: date, now: datetime) -> Slot | None:
    """A time in the middle of the first day that has any, from tomorrow on."""
    first, last = today + timedelta(days=1), today + timedelta(days=DAYS_AHEAD)
    for _day, supply in await supplies(house.location_id, house.zone, first, last, now=now):
        found = open_times(needs_of(service), supply, now=now)
        if found:
            return found[len(found) // 2]
    return None
