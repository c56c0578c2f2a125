"""A guest's own page, after a code from their mail: what they had, what they paid, what we keep of them."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.booking.queries.guests import GuestVisit, visits_of_guests
from spa_pos.booking.queries.waitlist import waits_of_guests
from spa_pos.booking.rules import Status
from spa_pos.checkout.actions.erasure import erase_guest
from spa_pos.checkout.pages.done_build import receipt_page
from spa_pos.checkout.pages.done_views import GuestReceiptPage, ReceiptPage
from spa_pos.checkout.pages.me_export import Exported, archive
from spa_pos.checkout.pages.me_views import (
    ErasurePage,
    Forgettable,
    MePage,
    MyReceipt,
    MyValue,
    MyVisit,
)
from spa_pos.checkout.pages.me_waits import my_waits
from spa_pos.checkout.pages.receipt_pdf import receipt_pdf
from spa_pos.checkout.queries import ticket
from spa_pos.checkout.queries.guests import receipts_of_guests
from spa_pos.db import once
from spa_pos.kernel.errors import Invalid, NotFound, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import place
from spa_pos.messages.queries import allowed, told_to
from spa_pos.messages.rules import Channel, visit_token
from spa_pos.payments.queries import stored_cards
from spa_pos.people.pages.guest_door import (
    SIGN_IN,
    Visitor,
    problem_in_words,
    visitor_of,
    visitor_posted,
)
from spa_pos.people.pages.session import GUEST, settings_of
from spa_pos.people.queries import guest, names_of
from spa_pos.stored_value.queries import Owned, holdings_of
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, pdf_answer, see
from spa_pos.web.forms import uuid_from
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render

SHOWN_PAST = 30


def _state(one: GuestVisit, now: datetime) -> str:
    words = {
        Status.BOOKED: _("Booked"),
        Status.CONFIRMED: _("You will be there"),
        Status.CHECKED_IN: _("You are here"),
        Status.IN_SERVICE: _("You are here"),
        Status.DONE: _("Thank you"),
        Status.CANCELLED: _("Cancelled"),
        Status.NO_SHOW: _("You were not here"),
    }
    return words[one.status]


def _visit(visitor: Visitor, one: GuestVisit, *, href: bool) -> MyVisit:
    start = one.starts_at.astimezone(visitor.place.zone)
    secret = settings_of(visitor.request).secret
    return MyVisit(
        day=i18n.day_full(start.date()),
        clock=i18n.clock(start),
        machine=start.isoformat(),
        service=i18n.gettext(one.service_name),
        with_words=_("with %(name)s") % {"name": one.provider_name},
        state=_state(one, visitor.now),
        who=one.guest_name if len(visitor.guest_ids) > 1 else None,
        href=f"/visits/{visit_token(secret, one.id)}" if href else None,
    )


def _value(one: Owned) -> MyValue:
    until = one.holding.free_until
    has_end = until is not None and one.holding.free_cents > 0
    return MyValue(
        i18n.gettext(one.holding.kind.word) + (f" …{one.holding.last4}" if one.holding.last4 else ""),
        one.usable_cents,
        _("until %(day)s") % {"day": i18n.day_full(until)} if has_end and until else None,
    )


async def _values(visitor: Visitor) -> list[Owned]:
    today = local_date(visitor.now, visitor.place.zone)
    return [owned for one in visitor.guest_ids for owned in await holdings_of(one, on=today)]


@get("/me", opt=dict(GUEST))
async def show_me(request: AnyRequest) -> Response[Any]:
    """A guest's own page."""
    visitor = await visitor_of(request)
    visits = await visits_of_guests(visitor.guest_ids)
    coming = [one for one in visits if one.status.is_live and one.ends_at > visitor.now]
    past = [one for one in visits if one not in coming][:SHOWN_PAST]
    receipts = await receipts_of_guests(visitor.guest_ids)
    names = list((await names_of(visitor.guest_ids)).values())
    page = MePage(
        hello=_("Hello, %(name)s") % {"name": i18n.listed(names)} if names else _("Hello"),
        address=visitor.address,
        coming=tuple(_visit(visitor, one, href=True) for one in reversed(coming)),
        past=tuple(_visit(visitor, one, href=False) for one in past),
        receipts=tuple(
            MyReceipt(
                _("Receipt %(number)s of %(day)s")
                % {
                    "number": one.number,
                    "day": i18n.day_full(one.settled_at.astimezone(visitor.place.zone).date()),
                },
                one.total_cents,
                f"/me/receipts/{one.id}",
            )
            for one in receipts[:SHOWN_PAST]
        ),
        values=tuple(_value(one) for one in await _values(visitor)),
        waits=await my_waits(visitor),
    )
    return html(render("checkout/me.html", page, visitor.shell))


async def _receipt(visitor: Visitor, ticket_id: UUID) -> ReceiptPage:
    """A receipt of this guest.

    Raises:
        NotFound: `receipt-unknown`, also when it is somebody else's.
    """
    mine = {one.id: one for one in await receipts_of_guests(visitor.guest_ids)}
    if ticket_id not in mine:
        raise NotFound("receipt-unknown", "There is no such receipt.")
    where = await place(mine[ticket_id].location_id)
    sale = await ticket(ticket_id, where.id, where.zone, now=visitor.now)
    return receipt_page(where, sale, may_tip=False, now=visitor.now)


@get("/me/receipts/{ticket_id:uuid}", opt=dict(GUEST))
async def show_my_receipt(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """One receipt."""
    visitor = await visitor_of(request)
    shown = await _receipt(visitor, ticket_id)
    page = GuestReceiptPage(_("Your receipt"), shown, None, f"/me/receipts/{ticket_id}/receipt.pdf", "")
    return html(render("checkout/guest_receipt.html", page, visitor.shell))


@get("/me/receipts/{ticket_id:uuid}/receipt.pdf", opt=dict(GUEST))
async def my_receipt_pdf(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """One receipt as a PDF."""
    visitor = await visitor_of(request)
    shown = await _receipt(visitor, ticket_id)
    return await pdf_answer(receipt_pdf, shown, f"receipt-{shown.number}.pdf", visitor.now)


@get("/me/data.zip", opt=dict(GUEST))
async def my_data(request: AnyRequest) -> Response[Any]:
    """Everything we keep of this guest, for people (CSV) and for machines (JSON)."""
    visitor = await visitor_of(request)
    guests = [await guest(one) for one in visitor.guest_ids]
    reached = [(Channel.EMAIL, one.email) for one in guests if one.email]
    reached += [(Channel.TEXT, one.phone) for one in guests]
    content = archive(
        Exported(
            guests=guests,
            visits=await visits_of_guests(visitor.guest_ids),
            receipts=await receipts_of_guests(visitor.guest_ids),
            values=await _values(visitor),
            messages=[one for each in visitor.guest_ids for one in await told_to(each)],
            waits=await waits_of_guests(visitor.guest_ids),
            kept_cards=[one for each in visitor.guest_ids for one in await stored_cards(each)],
            may_write=await allowed(reached),
            zone=visitor.place.zone,
            made_at=visitor.now,
        )
    )
    named = {"content-disposition": 'attachment; filename="my-data.zip"'}
    return Response(content, media_type="application/zip", headers=named)


async def _erasure(visitor: Visitor, problem: Refusal | None = None) -> Response[Any]:
    names = await names_of(visitor.guest_ids)
    page = ErasurePage(
        tuple(Forgettable(one, names[one]) for one in visitor.guest_ids),
        problem_in_words(problem) if problem else None,
    )
    shell = replace(visitor.shell, path="/me/erasure")
    return html(render("checkout/me_erasure.html", page, shell), status=problem.status if problem else 200)


@get("/me/erasure", opt=dict(GUEST))
async def ask_erasure(request: AnyRequest) -> Response[Any]:
    """What goes and what stays."""
    return await _erasure(await visitor_of(request))


@post("/me/erasure", opt=dict(GUEST), status_code=200)
async def erase_me(request: AnyRequest) -> Response[Any]:
    """Forget one guest of this address; somebody else's number is unknown here."""
    visitor, fields = await visitor_posted(request)
    try:
        asked, key = uuid_from(fields.get("guest"), "guest"), uuid_from(fields.get("request"), "request")
        if asked is None or key is None or asked not in visitor.guest_ids:
            raise Invalid("form-unreadable", "Something in the form cannot be read. Open the page again.")
        if fields.get("sure") != "yes":
            raise Invalid("not-sure", "Tick the box when you are sure.", field="sure")
        await once(key, erase_guest, actor=visitor.actor, guest_id=asked, now=visitor.now)
    except Refusal as refusal:
        return await _erasure(visitor, refusal)
    return see(request, SIGN_IN)


router = Router(
    "/", route_handlers=[show_me, show_my_receipt, my_receipt_pdf, my_data, ask_erasure, erase_me]
)
