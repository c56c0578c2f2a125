"""Gift cards that are handed over by a link: their codes, and when the mail goes out; pure."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import local_date, shift_instant
from spa_pos.stored_value.rules.codes import RANDOM_SIGNS, SIGNS, code_of

MORNING = time(9)
"""A gift that waits for its day arrives at this hour of it."""

MOST_DAYS = 366
"""A gift can wait for so long."""

LONGEST_NAME = 60
LONGEST_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class Gift:
    """How a card is handed over by e-mail: to whom, from whom, with what words, and on which day."""

    email: str
    recipient: str
    giver: str
    message: str
    send_on: date | None


def gift_code(secret: str, delivery_id: UUID) -> str:
    """The code of a card that is handed over by a link: made from the link and the secret, stored nowhere.

    So the link can show it as often as its owner likes, and nobody finds it in the database. Each byte
    below 240 gives one of 30 symbols evenly; the 16 symbols have the 78 bits of every code of ours.
    """
    signs: list[str] = []
    for byte in _stream(secret, delivery_id):
        if byte < len(SIGNS) * (256 // len(SIGNS)):
            signs.append(SIGNS[byte % len(SIGNS)])
        if len(signs) == RANDOM_SIGNS:
            code = code_of("".join(signs))
            if code is not None:
                return code
            signs.clear()
    raise RuntimeError("the stream never ends")


def _stream(secret: str, delivery_id: UUID) -> Iterator[int]:
    block = 0
    while True:
        about = b"gift-code:" + delivery_id.bytes + block.to_bytes(4, "big")
        yield from hmac.new(secret.encode(), about, hashlib.sha256).digest()
        block += 1


def clean_words(text: str, longest: int) -> str:
    """Words for a card: in one line, and cut where the card ends."""
    return " ".join(text.split())[:longest].strip()


def check_day(send_on: date | None, today: date) -> date:
    """The day on which a gift is sent; none means today.

    Raises:
        Invalid: `gift-day-over`, `gift-day-too-far`.
    """
    if send_on is None:
        return today
    if send_on < today:
        raise Invalid("gift-day-over", "That day is over. Choose today or a day to come.", field="send_on")
    if send_on > today + timedelta(days=MOST_DAYS):
        raise Invalid("gift-day-too-far", "A gift can wait for a year at most.", field="send_on")
    return send_on


def goes_out_at(send_on: date, now: datetime, zone: ZoneInfo) -> datetime:
    """When the mail goes out: at once on its day, else on the morning of it."""
    if send_on <= local_date(now, zone):
        return now
    return shift_instant(send_on, MORNING, zone)
