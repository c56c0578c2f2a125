"""Forms from people: small, UTF-8, each field once, read into a frozen struct."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar
from urllib.parse import unquote_to_bytes, urlencode
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from spa_pos.kernel.cards import gtin_is_right, passes_luhn
from spa_pos.kernel.errors import Invalid, Refusal

LARGEST_BYTES = 64 * 1024
MOST_FIELDS = 60
LONGEST_FIELD = 4_000

_OUR_OWN = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,64})\b", re.ASCII)
"""Identifiers and tokens that our own forms carry; their digits mean nothing."""

_BARCODE = re.compile(r"(?<![0-9])[0-9]{12,13}(?![0-9])", re.ASCII)
"""What stands on products; cards of 13 digits are no longer given out."""

_CARD_LIKE = re.compile(r"(?:[0-9][ -]?){13,19}", re.ASCII)

Form = TypeVar("Form", bound=msgspec.Struct)


class TooLarge(Refusal):
    """More than any form of ours can hold."""

    status = 413


class WrongType(Refusal):
    """Not a form."""

    status = 415


async def read_fields(request: Request) -> dict[str, str]:  # type: ignore[type-arg]  # any user, any state
    """The fields of a posted form.

    Raises:
        WrongType: another content type.
        TooLarge: too many bytes.
        Invalid: not UTF-8, a field twice, too many or too long, or a card number among them.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise WrongType("not-a-form", "That is not one of our forms.")
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        raise TooLarge("form-too-large", "That is more than this form can hold.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise TooLarge("form-too-large", "That is more than this form can hold.")
    return parse_fields(bytes(body))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form; its name is only a name."""

    name: str
    content: bytes


async def read_upload(
    request: Request,  # type: ignore[type-arg]  # any user, any state
    file_field: str,
    largest_bytes: int,
) -> tuple[dict[str, str], Upload]:
    """The fields of a posted form with one file among them; no file chosen is an empty one.

    Raises:
        WrongType: another content type.
        TooLarge: a file of more bytes.
        Invalid: what `read_fields` refuses.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise WrongType("not-a-form", "That is not one of our forms.")
    if int(request.headers.get("content-length") or 0) > largest_bytes + LARGEST_BYTES:
        raise TooLarge("file-too-large", f"The file may have {largest_bytes // 1024**2} MB. Make it smaller.")
    form = await request.form()
    upload = Upload("", b"")
    pairs = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name != file_field or upload.content:
                raise Invalid("form-unreadable", "One file is asked for. Open the page again.", field=name)
            upload = Upload((value.filename or "")[:120], await value.read(largest_bytes + 1))
        elif name != file_field:
            pairs.append((name, str(value)))
    if len(upload.content) > largest_bytes:
        raise TooLarge("file-too-large", f"The file may have {largest_bytes // 1024**2} MB. Make it smaller.")
    return parse_fields(urlencode(pairs).encode()), upload


def parse_fields(body: bytes) -> dict[str, str]:
    """Fields of an urlencoded body; see `read_fields` for what is refused."""
    fields: dict[str, str] = {}
    pairs = [pair for pair in body.split(b"&") if pair]
    if len(pairs) > MOST_FIELDS:
        raise Invalid("form-unreadable", "This form has too many fields. Open the page again.")
    for pair in pairs:
        name_bytes, _, value_bytes = pair.partition(b"=")
        try:
            name = unquote_to_bytes(name_bytes.replace(b"+", b" ")).decode("utf-8")
            value = unquote_to_bytes(value_bytes.replace(b"+", b" ")).decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid("form-unreadable", "The form holds signs that cannot be read.") from None
        if name in fields:
            raise Invalid("form-unreadable", "A field came twice. Open the page again.", field=name)
        if "\x00" in value:
            raise Invalid("form-unreadable", "The form holds signs that cannot be read.", field=name)
        if name != "given_name" and name != "family_name" and len(value) > LONGEST_FIELD:
            raise Invalid("field-too-long", "That is too long. Shorten it.", field=name)
        if looks_like_card(value):
            raise Invalid(
                "card-number-typed", "Do not type card numbers; the reader takes cards.", field=name
            )
        fields[name] = value.replace("\r\n", "\n")
    return fields


def looks_like_card(text: str) -> bool:
    """True for 13 to 19 digits that pass the check of card numbers; they must never reach us."""
    typed = _BARCODE.sub(lambda found: "x" if gtin_is_right(found[0]) else found[0], _OUR_OWN.sub("x", text))
    return any(
        len(set(found[0]) - set(" -")) > 1 and passes_luhn(found[0]) for found in _CARD_LIKE.finditer(typed)
    )


def read(fields: dict[str, str], shape: type[Form]) -> Form:
    """Fields as a struct of ours; unknown fields are refused.

    Raises:
        Invalid: `form-unreadable`, naming the field.
    """
    try:
        return msgspec.convert(fields, shape, strict=False)
    except msgspec.ValidationError as problem:
        raise Invalid(
            "form-unreadable", f"Something in the form cannot be read ({problem}). Open the page again."
        ) from problem


def time_from(text: str) -> time:
    """A clock face such as `14:15`.

    Raises:
        Invalid: `time-unreadable`.
    """
    try:
        face = time.fromisoformat(text) if len(text) == 5 else None
    except ValueError:
        face = None
    if face is None:
        raise Invalid("time-unreadable", "That is not a time. Times look like 14:15.", field="at")
    return face


def day_from(text: str | None, default: date) -> date:
    """A day from a link; nothing means the default.

    Raises:
        Invalid: `date-unreadable`.
    """
    if not text:
        return default
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("date-unreadable", "That is not a date. Dates look like 2026-11-24.") from None
    if not 2000 <= day.year <= 2100:
        raise Invalid("date-unreadable", "That date is too far away.")
    return day


def instant_from(text: str) -> datetime:
    """An instant from a form of ours: ISO 8601 with a zone.

    Raises:
        Invalid: `time-unreadable`.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year <= 2100:
        raise Invalid("time-unreadable", "Choose a time from the list.", field="starts_at")
    return moment.astimezone(UTC)


def uuid_from(text: str | None, what: str) -> UUID | None:
    """An identifier from a link of ours; nothing means None.

    Raises:
        Invalid: `link-unreadable`.
    """
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("link-unreadable", f"This link names no {what}. Go back and choose again.") from None
