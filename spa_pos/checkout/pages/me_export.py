"""All that we keep of a guest, as one archive."""

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from spa_pos.booking.queries.guests import GuestVisit
from spa_pos.booking.queries.waitlist import WaitView
from spa_pos.checkout.queries.guests import GuestReceipt
from spa_pos.messages.queries import ToldTo
from spa_pos.messages.rules import Channel
from spa_pos.payments.queries import StoredCardView
from spa_pos.people.queries import GuestView
from spa_pos.stored_value.queries import Owned

FORMULA = ("=", "+", "-", "@", "\t", "\r")
Row = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What stands in the archive; money is in cents, times are those of the spa."""

    guests: Sequence[GuestView]
    visits: Sequence[GuestVisit]
    receipts: Sequence[GuestReceipt]
    values: Sequence[Owned]
    messages: Sequence[ToldTo]
    waits: Sequence[WaitView]
    kept_cards: Sequence[StoredCardView]
    may_write: Collection[tuple[Channel, str]]
    zone: ZoneInfo
    made_at: datetime


def archive(data: Exported) -> bytes:
    """A zip with `data.json` and one CSV file for each kind of thing."""
    tables = _tables(data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        whole = {"made_at": data.made_at.astimezone(data.zone).isoformat(), **tables}
        zipped.writestr("data.json", msgspec.json.format(msgspec.json.encode(whole), indent=1))
        for name, rows in tables.items():
            zipped.writestr(f"{name}.csv", _csv(rows))
    return packed.getvalue()


def _tables(data: Exported) -> dict[str, list[Row]]:
    def local(moment: datetime) -> str:
        return moment.astimezone(data.zone).isoformat()

    return {
        "guests": [_guest(one) for one in data.guests],
        "visits": [
            _visit(one) | {"starts_at": local(one.starts_at), "ends_at": local(one.ends_at)}
            for one in data.visits
        ],
        "receipts": [
            {"number": one.number, "paid_at": local(one.settled_at), "total_cents": one.total_cents}
            for one in data.receipts
        ],
        "cards_and_credit": [
            {
                "kind": one.holding.kind.value,
                "ends_in": one.holding.last4,
                "left_cents": one.usable_cents,
                "since": local(one.holding.made_at),
            }
            for one in data.values
        ],
        "messages": [_message(one) | {"made_at": local(one.made_at)} for one in data.messages],
        "waitlist": [_wait(one) | {"asked_at": local(one.asked_at)} for one in data.waits],
        "cards_on_file": [_card(one) | {"agreed_at": local(one.consented_at)} for one in data.kept_cards],
        "may_be_written_to": [
            {"channel": channel.value, "address": address} for channel, address in sorted(data.may_write)
        ],
    }


def _guest(one: GuestView) -> Row:
    return {
        "number": one.number,
        "given_name": one.given_name,
        "family_name": one.family_name,
        "phone": one.phone,
        "email": one.email,
        "group": one.group.name,
        "language": one.language,
    }


def _visit(one: GuestVisit) -> Row:
    return {
        "guest": one.guest_name,
        "service": one.service_name,
        "provider": one.provider_name,
        "status": one.status.value,
        "price_cents": one.total_cents,
        "note": one.note,
    }


def _message(one: ToldTo) -> Row:
    return {
        "kind": one.kind.value,
        "channel": one.channel.value,
        "address": one.address,
        "status": one.status.value,
        "title": one.title,
    }


def _wait(one: WaitView) -> Row:
    return {
        "service": one.service_name,
        "first_day": one.first_day.isoformat(),
        "last_day": one.until.isoformat(),
        "reason": one.reason,
        "note": one.note,
        "status": one.status.value,
    }


def _card(one: StoredCardView) -> Row:
    return {
        "card": one.word,
        "until": f"{one.exp_year}-{one.exp_month:02}",
        "agreed_to": one.consent_text,
        "version": one.consent_version,
        "removed": "yes" if one.removed_at else "no",
    }


def _csv(rows: Iterable[Row]) -> bytes:
    """A table that spreadsheets open as it is: nothing in it is taken for a formula."""
    text = io.StringIO()
    found = list(rows)
    if found:
        writer = csv.DictWriter(text, fieldnames=list(found[0]))
        writer.writeheader()
        writer.writerows({name: _safe(value) for name, value in row.items()} for row in found)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _safe(value: str | int | None) -> str | int | None:
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    is_phone = value[0] == "+" and value[1:].isdigit()
    return value if is_phone else f"'{value}"
