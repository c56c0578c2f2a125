"""What the desk reads of a guest as soon as it has chosen them."""

from collections.abc import Iterable
from datetime import timedelta

from spa_pos.booking.pages.asked import Setting
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.sheet_views import AboutGuest
from spa_pos.booking.queries.guests import GuestStanding, standing_of_guests
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import day_bounds
from spa_pos.people.queries import GuestView
from spa_pos.web.answers import words_of

REMEMBERED = timedelta(days=365)


async def about_guests(setting: Setting, known: Known, people: Iterable[GuestView]) -> tuple[AboutGuest, ...]:
    """The guests of a booking of whom there is something to know."""
    guests = list(people)
    day = day_bounds(known.day, setting.place.zone)
    since = setting.now - REMEMBERED
    standing = await standing_of_guests([one.id for one in guests], since=since, day=day) if guests else {}
    found = [_about(setting, known, one, standing.get(one.id, GuestStanding())) for one in guests]
    return tuple(one for one in found if one.lines or one.that_day)


def _about(setting: Setting, known: Known, whose: GuestView, stands: GuestStanding) -> AboutGuest:
    lines = []
    if stands.fees_cents:
        lines.append(f"Owes {format_usd(Cents(stands.fees_cents))} in fees")
    kept = [
        _count(stands.no_shows, "no-show", "no-shows"),
        _count(stands.late_cancellations, "late cancellation", "late cancellations"),
        _count(stands.moves, "move", "moves"),
    ]
    if any(kept):
        lines.append(f"In 12 months: {words_of([words for words in kept if words])}")
    elif not stands.came:
        lines.append("Has not been here before")
    links = []
    for one in stands.that_day:
        local = one.starts_at.astimezone(setting.place.zone)
        links.append(
            (f"Already has a visit on {known.day:%a, %b %-d} at {local:%-I:%M %p}", f"/appointments/{one.id}")
        )
    return AboutGuest(whose.name, tuple(lines), tuple(links))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
