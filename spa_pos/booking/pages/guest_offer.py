"""What a guest reads before they take a time that is held for them from the waitlist."""

from collections.abc import Sequence
from datetime import datetime

from spa_pos.booking.pages.guest_views import Offered
from spa_pos.booking.queries import Visit, free_reasons, policy
from spa_pos.booking.queries.waitlist import offer_of
from spa_pos.booking.rules import Policy, Status
from spa_pos.booking.rules.guests import free_until
from spa_pos.catalog.queries import jurisdictions, quotes
from spa_pos.kernel.money import Cents, format_rate, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.queries import guest, proof
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _


def free_words(policy: str, reasons: Sequence[str]) -> str:
    """The words of the policy, and the reasons that never cost anything, as the guest reads them."""
    if not reasons:
        return policy
    words = _("No fee for: %(reasons)s.") % {"reasons": ", ".join(i18n.gettext(one) for one in reasons)}
    return f"{policy} {words}"


async def cancelling_words(agreed: Policy | None, first: datetime, where: Place, now: datetime) -> str:
    """What a guest agrees to about cancelling, in words."""
    if agreed is None:
        return _("Cancelling costs nothing.")
    until = free_until(agreed, first).astimezone(where.zone)
    words = _("Free until %(clock)s on %(day)s; later it costs %(rate)s of the price.")
    if until < now:
        words = _("Free until %(clock)s on %(day)s; now it costs %(rate)s of the price.")
    told = {
        "clock": i18n.clock(until),
        "day": i18n.day_long(until.date()),
        "rate": format_rate(agreed.late_ppm).replace(" ", "\N{NO-BREAK SPACE}"),
    }
    return free_words(words % told, await free_reasons())


async def tax_words(where: Place, seen: Sequence[Visit]) -> str:
    """How a price is taxed, in words."""
    day = local_date(seen[0].starts_at, where.zone)
    rate = format_rate(sum(body.rate_ppm for body in await jurisdictions(where.id, day)))
    taxed = {visit.taxable for visit in seen} | {one.taxable for visit in seen for one in visit.add_ons}
    words = {"rate": rate.replace(" ", "\N{NO-BREAK SPACE}")}
    if taxed == {True}:
        return _("plus %(rate)s sales tax") % words
    return _("plus %(rate)s sales tax on what is taxed") % words if True in taxed else _("no sales tax")


def _reason(code: str) -> str:
    """Why it costs less, without the guest's group: who has the link of a visit learns no such thing."""
    return _("the price of the same day") if code.startswith("standby:") else _("your price with us")


async def offered_part(held: Visit, where: Place, path: str, *, now: datetime) -> Offered | None:
    """The offer that a visit is held for; None when it is held for something else, or no longer."""
    if held.status is not Status.HELD or held.held_until is None or held.held_until <= now:
        return None
    if await offer_of(held.id) is None:
        return None
    whose = await guest(held.guest_id)
    ids = [held.service_id, *(one.add_on_id for one in held.add_ons)]
    prices = await quotes(where.id, where.zone, ids, whose.group, starts_at=held.starts_at, booked_at=now)
    if any(one not in prices for one in ids):
        return None
    price = Cents(sum(one.price_cents for one in prices.values()))
    listed = Cents(sum(one.list_cents for one in prices.values()))
    price_words = format_usd(price)
    reduced = [one.reduction_code for one in prices.values() if one.reduction_code]
    if reduced and price < listed:
        told = _("%(price)s instead of %(usual)s (%(reason)s)")
        price_words = told % {
            "price": format_usd(price),
            "usual": format_usd(listed),
            "reason": _reason(reduced[0]),
        }
    day = local_date(held.starts_at, where.zone)
    evidence = whose.group.evidence
    proof_words = None
    if evidence and await proof(whose.id, whose.group.code, day) is None:
        proof_words = _("Please bring what proves your price. Without it the visitor price counts.")
    return Offered(
        price_words=_("It costs %(price)s, %(tax)s.")
        % {"price": price_words, "tax": await tax_words(where, [held])},
        proof_words=proof_words,
        policy_words=await cancelling_words(await policy(held.policy_id), held.starts_at, where, now),
        fields=(("version", str(held.version)), ("price", str(price))),
        accept_action=f"{path}/offer/acceptance",
        decline_action=f"{path}/offer/decline",
    )
