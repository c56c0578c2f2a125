"""All that we keep of a guest, as one archive."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from spa_pos.booking.queries.guests import GuestVisit
from spa_pos.checkout.queries.guests import GuestReceipt
from spa_pos.messages.queries import ToldTo
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
