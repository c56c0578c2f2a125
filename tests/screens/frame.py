"""The frame of every screen, and the people in it; all invented."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.kernel.actor import Role
from spa_pos.web.shell import NAV_BY_ROLE, Face, Nav, Problem, Shell

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 24)
_numbers = count(1)


def new_id() -> UUID:
    """A UUID that is never the same twice."""
    return UUID(int=next(_numbers))


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """A local time of the day that all screens show."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def face(name: str, hue: int, role: Role = Role.PROVIDER) -> Face:
    """One person of the staff."""
    return Face.of(new_id(), name, hue, role)


MAYA = face("Maya Lindholm", 4, Role.FRONT_DESK)
OMAR = face("Omar Nasser", 1, Role.FRONT_DESK)
RUTH = face("Ruth Abara", 5, Role.MANAGER)
PROVIDERS = (
    ("Ana Okafor", "Massage therapist", 0),
    ("Ben Castellano", "Massage therapist", 1),
    ("Chloe Nguyen", "Massage therapist", 2),
    ("Dana Whitfield", "Massage therapist", 3),
    ("Elif Demir", "Esthetician", 4),
    ("Grace Lindqvist", "Esthetician", 5),
    ("Jonas Weber", "Nail technician", 6),
    ("Leila Farouk", "Acupuncturist", 7),
)

SHELL = Shell(
    location_name="Rejuvenate Spa",
    today=DAY,
    now=at(12, 28),
    new_id=new_id,
    csrf="c" * 64,
    path="/board",
    sample_notice="Sample prices, not Mayo's.",
    demo=True,
    person=MAYA,
    device_name="Desk 1",
    switch_to=(OMAR, RUTH),
    active=Nav.BOARD,
    nav=NAV_BY_ROLE[Role.FRONT_DESK],
)
MANAGER = replace(SHELL, person=RUTH, nav=NAV_BY_ROLE[Role.MANAGER], active=Nav.SALES_DAY)
NOBODY = replace(SHELL, person=None, nav=(), switch_to=(), sample_notice="", active=None)
TAKEN = Problem(
    "slot-taken",
    "Ana was booked for that time a moment ago. Choose another time.",
    "/appointments/new",
    "See open times",
)


@dataclass(frozen=True)
class Screen:
    """One state of one page: what to render it with."""

    name: str
    template: str
    page: object
    shell: Shell = SHELL
