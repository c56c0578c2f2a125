"""The day board: busy, as a list, empty and closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.booking.pages import views as booking
from spa_pos.booking.pages.views import Look
from spa_pos.web.shell import initials
from tests.screens.frame import DAY, PROVIDERS, at, new_id

OPENS = at(9)
VISITS: tuple[tuple[int, int, int, int, str, str, Look, bool, bool], ...] = (
    (0, 9, 0, 60, "Marcus Bell", "Swedish massage", Look.DONE, True, True),
    (0, 11, 0, 90, "Ingrid Halvorsen", "Hot stone massage", Look.CHECKED_IN, True, True),
    (0, 14, 0, 60, "Sofia Reyes", "Swedish massage", Look.BOOKED, True, False),
    (1, 9, 30, 90, "Wei Zhang", "Deep tissue massage", Look.DONE, False, False),
    (1, 12, 15, 60, "Hugo Martin", "Swedish massage", Look.LATE, True, False),
    (1, 15, 0, 30, "Priya Nair", "Express massage", Look.BOOKED, False, False),
    (2, 10, 0, 60, "Rosa Delgado", "Aromatherapy massage", Look.DONE, True, True),
    (2, 12, 0, 60, "Jens Larsen", "Deep tissue massage", Look.CHECKED_IN, False, False),
    (2, 13, 30, 60, "Aaliyah Brooks-Montgomery", "Swedish massage", Look.BOOKED, True, True),
    (3, 13, 0, 60, "Kofi Mensah", "Swedish massage", Look.BOOKED, True, False),
    (3, 15, 30, 90, "Tom Becker", "Deep tissue massage", Look.BOOKED, False, False),
    (4, 9, 0, 60, "Lena Vogel", "Signature facial", Look.DONE, False, False),
    (4, 11, 45, 60, "Yuki Tanaka", "Signature facial", Look.CHECKED_IN, True, True),
    (4, 13, 15, 60, "Maria Santos", "Body wrap", Look.BOOKED, True, False),
    (5, 10, 30, 60, "Noor Haddad", "Body wrap", Look.NO_SHOW, False, False),
    (5, 12, 45, 60, "Oskar Lund", "Signature facial", Look.BOOKED, False, False),
    (6, 9, 15, 45, "Petra Novak", "Spa manicure", Look.DONE, False, False),
    (6, 12, 30, 45, "Elena Rossi", "Spa pedicure", Look.BOOKED, True, True),
    (6, 13, 30, 15, "Łukasz Wójcik", "Polish change", Look.BOOKED, False, False),
    (7, 11, 0, 60, "Samuel Greene", "Acupuncture", Look.CHECKED_IN, False, False),
    (7, 14, 30, 60, "Fatima Aziz", "Acupuncture", Look.BOOKED, True, False),
)
WORDS = {
    Look.BOOKED: "Booked",
    Look.LATE: "Late",
    Look.CHECKED_IN: "Checked in",
    Look.DONE: "Done",
    Look.NO_SHOW: "No-show",
    Look.CANCELLED: "Cancelled",
}


def row_of(moment: datetime) -> int:
    """Grid rows of five minutes after nine."""
    return int((moment - OPENS) / timedelta(minutes=5))


def blocks() -> Iterator[tuple[int, booking.Block]]:
    """Every visit of the invented day with the number of its provider."""
    for who, hour, minute, minutes, guest, service, look, claims, proven in VISITS:
        visit_id = new_id()
        start = at(hour, minute)
        yield (
            who,
            booking.Block(
                id=visit_id,
                href=f"/appointments/{visit_id}",
                row=row_of(start),
                rows=minutes // 5,
                guest_name=guest,
                service_name=service,
                provider_name=PROVIDERS[who][0],
                room_name=f"Room {who + 1}",
                starts_at=start,
                ends_at=start + timedelta(minutes=minutes),
                minutes=minutes,
                look=look,
                word=WORDS[look],
                group_name="Employee" if claims else "Visitor",
                claims_group=claims,
                proven=proven,
            ),
        )


def gaps(
    staff_id: UUID, taken: list[booking.Block], opens: datetime, closes: datetime
) -> Iterator[booking.FreeGap]:
    """Free time between visits, from half past twelve on."""
    cursor = max(opens, at(12, 15))
    for block in [*sorted(taken, key=lambda one: one.starts_at), None]:
        end = block.starts_at if block else closes
        if end - cursor >= timedelta(minutes=15):
            href = booking.new_booking_href(date=DAY, provider=staff_id, at=f"{cursor:%H:%M}")
            yield booking.FreeGap(row_of(cursor), row_of(end) - row_of(cursor), cursor, end, href)
        if block:
            cursor = max(cursor, block.ends_at)


def columns(everything: list[tuple[int, booking.Block]]) -> Iterator[booking.Column]:
    """A column per provider; some start late, some leave early."""
    for number, (name, title, hue) in enumerate(PROVIDERS):
        staff_id = new_id()
        own = [block for who, block in everything if who == number]
        opens = at(10) if number in (2, 5) else at(9)
        closes = at(17) if number in (0, 4) else at(19)
        off = [booking.Span(0, row_of(opens))] if opens > OPENS else []
        if closes < at(19):
            off.append(booking.Span(row_of(closes), row_of(at(19)) - row_of(closes)))
        yield booking.Column(
            str(staff_id),
            staff_id,
            DAY,
            name,
            name.split()[0],
            title,
            initials(name),
            hue,
            tuple(off),
            tuple(gaps(staff_id, own, opens, closes)),
            tuple(own),
        )


def arrivals(everything: list[tuple[int, booking.Block]]) -> Iterator[booking.Arrival]:
    """Who comes within the hour, and who is here."""
    words = {
        "Hugo Martin": "13 min late",
        "Elena Rossi": "in 2 min",
        "Oskar Lund": "in 17 min",
        "Kofi Mensah": "in 32 min",
        "Maria Santos": "in 47 min",
        "Jens Larsen": "here",
    }
    for who, block in sorted(everything, key=lambda pair: pair[1].starts_at):
        if block.guest_name in words:
            name, _, hue = PROVIDERS[who]
            yield booking.Arrival(
                block.href,
                block.guest_name,
                block.service_name,
                name.split()[0],
                initials(name),
                hue,
                block.starts_at,
                words[block.guest_name],
                block.look,
                block.word,
                block.claims_group,
                block.proven,
            )


EVERYTHING = list(blocks())
BOARD = booking.BoardPage(
    day=DAY,
    is_today=True,
    view="",
    board_href="/board?date=2026-11-24",
    list_href="/board?date=2026-11-24&view=list",
    grid_href="/board/grid?date=2026-11-24",
    events_href="/board/events?date=2026-11-24",
    previous_href="/board?date=2026-11-23",
    next_href="/board?date=2026-11-25",
    today_href="/board",
    new_href="/appointments/new?date=2026-11-24",
    opens=OPENS,
    closes=at(19),
    closed_because=None,
    rows=120,
    now_row=row_of(at(12, 28)),
    hours=tuple(booking.HourMark(row_of(at(hour)), f"{at(hour):%-I %p}") for hour in range(9, 19)),
    columns=tuple(columns(EVERYTHING)),
    visits=tuple(block for _, block in sorted(EVERYTHING, key=lambda pair: pair[1].starts_at)),
    arrivals=tuple(arrivals(EVERYTHING)),
    summary="20 visits, 4 checked in, 6 done, 1 no-show",
    rooms_href="/board?date=2026-11-24&view=rooms",
    week_href="/board?date=2026-11-24&view=week",
    pack_href="/board/pack?date=2026-11-24",
    title="Tuesday, November 24",
)
LIST = replace(BOARD, view="list")
EMPTY_DAY = replace(
    BOARD,
    is_today=False,
    now_row=None,
    arrivals=(),
    visits=(),
    columns=tuple(replace(column, visits=(), gaps=()) for column in BOARD.columns),
    summary="No visits yet",
)
CLOSED = replace(
    EMPTY_DAY,
    closed_because="Thanksgiving. The spa opens again on Friday, November 27.",
    columns=(),
    opens=None,
    closes=None,
)
