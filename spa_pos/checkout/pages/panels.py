"""What opens on the pay screen: adding, taking off, whose visit too, and what the guest owns."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from spa_pos.care.queries import referrals_of, treatment_on
from spa_pos.care.rules import FACILITY_TREATMENT, WRITTEN_REFERRAL
from spa_pos.catalog.queries import category_names, minute_services, one_prices, products
from spa_pos.catalog.rules import TaxedLine, tax_ticket
from spa_pos.checkout.actions.one_price import at_one_price
from spa_pos.checkout.pages.views import (
    AddPanel,
    LineRow,
    MinuteRow,
    OnePriceChoice,
    OtherRow,
    OwnedRow,
    PlanRow,
    ProductChoice,
    ReducePanel,
    ReferralChoice,
    TaxPanel,
)
from spa_pos.checkout.queries import LineView, TicketView, others_here, register_terms
from spa_pos.checkout.queries.exemptions import massage_of
from spa_pos.kernel.money import format_rate, format_usd
from spa_pos.people.queries import providers
from spa_pos.stock.queries import on_hand
from spa_pos.stored_value.queries import Owned, holding, holdings_of, plans
from spa_pos.stored_value.rules import Kind
from spa_pos.web.i18n import day_full


async def add_panel(location_id: UUID, card_id: UUID | None) -> AddPanel:
    """Everything that can be put on a ticket."""
    names, shelf = await category_names(), await products()
    left = await on_hand(location_id, [one.id for one in shelf])
    words = ""
    if card_id is not None:
        card = await holding(card_id)
        words = (
            f"{card.label} holds {format_usd(card.paid_cents + card.free_cents)}. Reload it?"
            if card.status == "active"
            else f"{card.label} is not sold yet. Sell it?"
        )
    return AddPanel(
        tuple(
            ProductChoice(
                one.id,
                one.name,
                names.get(one.category, one.category),
                one.price_cents,
                f"{max(0, left[one.id])} left",
            )
            for one in shelf
        ),
        tuple(
            MinuteRow(
                one.id,
                one.name,
                f"{format_usd(one.minute_cents)} a minute",
                one.least_minutes,
                one.most_minutes,
            )
            for one in await minute_services()
        ),
        tuple((one.id, one.name) for one in await providers(location_id)),
        tuple(PlanRow(one.id, one.name, one.price_cents) for one in await plans(active_only=True)),
        card_id,
        words,
    )


async def reduce_panel(
    sale: TicketView, line_id: UUID | None, rows: Sequence[LineRow], today: date
) -> ReducePanel:
    """A discount on a line that is on the ticket, or on all of it."""
    terms = await register_terms(sale.head.location_id)
    row = next((one for one in rows if one.id == line_id), None)
    countable = any(line.id == line_id and line.product_id is not None for line in sale.lines)
    limits = f"{format_rate(terms.desk_discount_ppm)} and {format_usd(terms.desk_discount_cents)}"
    return ReducePanel(
        row,
        countable,
        row.net_cents if row else sale.sums.net_cents,
        f"The desk may take off up to {limits} of a ticket; for more a manager types their PIN here.",
        await tax_panel(sale, line_id) if row else None,
        () if row or sale.tenders else await one_price_choices(sale, today),
    )


async def one_price_choices(sale: TicketView, today: date) -> tuple[OnePriceChoice, ...]:
    """What of the ticket could be sold for one price that is lower."""
    bodies = [part.jurisdiction for part in sale.sums.tax.parts]
    found = []
    for one in await one_prices(sale.head.location_id, today):
        lines = sale.lines_for([part.thing_id for part in one.parts]) if one.active else None
        alone = sum(line.net_cents for line in lines or ())
        if lines is None or alone <= one.price_cents:
            continue
        divided = at_one_price(one.price_cents, lines)
        before = tax_ticket([TaxedLine(line.net_cents, line.taxable) for line in lines], bodies).tax_cents
        after = tax_ticket([TaxedLine(one.price_cents, divided.taxed_whole)], bodies).tax_cents
        why = f"{divided.percent_taxable} % of it is taxable, so " + (
            "all of it is taxed" if divided.taxed_whole else "none of it is taxed"
        )
        words = f"Instead of {format_usd(alone)}. {why}: {format_usd(after)} instead of {format_usd(before)}"
        found.append(OnePriceChoice(one.id, one.name, one.price_cents, words))
    return tuple(found)


async def tax_panel(sale: TicketView, line_id: UUID | None) -> TaxPanel | None:
    """What could make a massage exempt from tax; None for anything else."""
    line = next((one for one in sale.lines if one.id == line_id), None)
    served = await massage_of(line.id) if line else None
    if line is None or served is None:
        return None
    whose = served.guest_id
    stored = await referrals_of(whose, sale.head.location_id) if whose else []
    valid = [one for one in stored if one.covers(served.service_day)]
    if whose is None:
        none = "Nobody knows whose massage this is. Book it for a guest to use a referral."
    elif stored and not valid:
        none = f"The last referral, of {stored[0].who}, does not cover this day."
    else:
        none = "" if valid else "No written referral is stored."
    return TaxPanel(
        exempt_note(line),
        tuple(ReferralChoice(one.id, one.who, f"Until {day_full(one.valid_until)}") for one in valid),
        none,
        (await treatment_on(sale.head.location_id, served.service_day)).allowed,
        f"/guests/{whose}/referrals?ticket={sale.head.id}&line={line.id}" if whose else None,
    )


def exempt_note(line: LineView) -> str:
    """Why a massage is exempt, for the desk."""
    if line.tax_treatment == WRITTEN_REFERRAL:
        return f"Exempt from tax: written referral of {line.referral_words}"
    return "Exempt from tax: facility treatment" if line.tax_treatment == FACILITY_TREATMENT else ""


async def other_rows(sale: TicketView) -> tuple[OtherRow, ...]:
    """Guests who are here and could be paid for too, the party first."""
    return tuple(
        OtherRow(
            one.appointment_id,
            one.guest_name,
            f"{one.service_name}, {format_usd(one.price_cents)}",
            one.same_party,
        )
        for one in await others_here(sale)
    )


async def owned_rows(sale: TicketView, today: date) -> tuple[OwnedRow, ...]:
    """What can pay that is the payer's, and packages of the guests whose visits are on the ticket.

    A package is there once for each visit that it can pay.
    """
    found: list[OwnedRow] = []
    payer = sale.head.guest_id
    for owner in dict.fromkeys((payer, *(line.visitor_id for line in sale.lines))):
        for one in await holdings_of(owner, on=today) if owner else ():
            if one.holding.kind is Kind.PACKAGE:
                found += _package_rows(sale, one, anybody=owner == payer)
            elif owner == payer:
                found.append(OwnedRow(one.holding.id, one.holding.label, format_usd(one.usable_cents)))
    return tuple(found)


def _package_rows(sale: TicketView, one: Owned, *, anybody: bool) -> list[OwnedRow]:
    """The payer's package pays for anybody, another guest's for their own visit."""
    found = []
    for line in sale.lines:
        if anybody or line.visitor_id == one.holding.guest_id:
            paid = any(cut.kind == "package" for cut in line.discounts)
            visits = next((v for v in one.visits if v.service_id == line.service_id and v.visits_left), None)
            if visits is not None and not paid:
                left = f"{visits.visits_left} left, pays {line.description}"
                found.append(OwnedRow(one.holding.id, one.holding.label, left, line.id))
    return found
