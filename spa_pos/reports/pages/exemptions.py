"""Exempt sales with their proof, for the tax return; and whether facility treatment is used."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, Router, get, post
from litestar.params import QueryParameter

from spa_pos.care.actions import set_treatment
from spa_pos.care.queries import treatment_on
from spa_pos.care.rules import FACILITY_TREATMENT, WRITTEN_REFERRAL
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_rate, percent_of
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.reports.pages.bridge_files import MOST_ROWS, dollars, safe_words
from spa_pos.reports.pages.exemption_views import ExemptionsPage, ExemptLine, ExemptSum
from spa_pos.reports.pages.periods import period, presets
from spa_pos.reports.queries.exemptions import ExemptRow, exempt_rows
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

Since = Annotated[str | None, QueryParameter(name="from")]
Until = Annotated[str | None, QueryParameter(name="to")]

WORDS = {WRITTEN_REFERRAL: "Written referral", FACILITY_TREATMENT: "Facility treatment"}

HEAD = (
    "Day", "Ticket", "Service", "Guest", "Service on", "Reason", "Referred by", "Written on",
    "Valid until", "Accepted by", "Net", "Tax not charged",
)  # fmt: skip


class TreatmentForm(msgspec.Struct, forbid_unknown_fields=True):
    """From a day on: used or not, and the rate of MinnesotaCare in per cent."""

    since: str
    rate: str = ""
    allowed: str = ""


def _href(first: date, last: date, path: str = "") -> str:
    return f"/reports/exemptions{path}?{urlencode({'from': first, 'to': last})}"


async def _rows(desk: Desk, first: date, last: date) -> list[ExemptRow]:
    rows = await exempt_rows(desk.place.id, first, last, limit=MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise Invalid("period-too-long", f"Over {MOST_ROWS:,} lines. Choose a shorter period.", field="to")
    return rows


def care_tax(rows: Sequence[ExemptRow]) -> Cents:
    """What MinnesotaCare takes of treatment, a rate at a time, half up (DOMAIN.md §7.9)."""
    rates = {row.care_tax_ppm for row in rows if row.care_tax_ppm}
    sums = {rate: sum(row.net_cents for row in rows if row.care_tax_ppm == rate) for rate in rates}
    return Cents(
        sum((-1 if base < 0 else 1) * percent_of(Cents(abs(base)), rate) for rate, base in sums.items())
    )


async def _screen(
    desk: Desk, since: str | None, until: str | None, problem: Refusal | None = None
) -> Response[str]:
    today = local_date(desk.now, desk.place.zone)
    try:
        first, last = period(since, until, today)
    except Refusal as refusal:
        first, last, problem = today, today, refusal
    rows = await _rows(desk, first, last)
    terms = await treatment_on(desk.place.id, today)
    page = ExemptionsPage(
        first=first,
        last=last,
        today=today,
        presets=presets(first, last, today, _href),
        rows=tuple(_line(row) for row in rows),
        sums=tuple(
            ExemptSum(
                words,
                Cents(sum(row.net_cents for row in rows if row.tax_treatment == treatment)),
                Cents(sum(row.untaxed_cents for row in rows if row.tax_treatment == treatment)),
            )
            for treatment, words in WORDS.items()
        ),
        care_base_cents=Cents(sum(row.net_cents for row in rows if row.care_tax_ppm)),
        care_tax_cents=care_tax(rows),
        treatment_words=f"Used since {terms.valid_from:%-d %B %Y}" if terms.allowed else "Not used",
        treatment_allowed=terms.allowed,
        care_rate=format_rate(terms.care_tax_ppm).removesuffix("%").strip(),
        csv_href=_href(first, last, ".csv"),
        problem=problem_of(problem) if problem else None,
    )
    text = render("reports/exemptions.html", page, await desk.shell(Nav.SALES_DAY))
    return html(text, status=problem.status if problem else 200)


def _line(row: ExemptRow) -> ExemptLine:
    href = f"/refunds/{row.refund_id}" if row.refund_id else f"/tickets/{row.ticket_id}/receipt"
    return ExemptLine(
        row.day,
        f"Refund, ticket {row.ticket_number}" if row.refund_id else f"Ticket {row.ticket_number}",
        href,
        row.description,
        row.guest_name,
        row.service_day,
        WORDS[row.tax_treatment],
        row.referral_words or "",
        f"/referrals/{row.referral_id}/page" if row.referral_id else None,
        row.valid_until,
        row.net_cents,
        row.untaxed_cents,
    )


@get("/reports/exemptions", opt=only(*MANAGERS))
async def show_exemptions(request: AnyRequest, since: Since = None, until: Until = None) -> Response[str]:
    """What was sold exempt in a period, today's without one."""
    return await _screen(await desk_of(request), since, until)


@get("/reports/exemptions.csv", opt=only(*MANAGERS))
async def exemptions_as_csv(request: AnyRequest, since: Since = None, until: Until = None) -> Response[Any]:
    """The same as a table for spreadsheets."""
    desk = await desk_of(request)
    first, last = period(since, until, local_date(desk.now, desk.place.zone))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(HEAD)
    for row in await _rows(desk, first, last):
        table.writerow(
            (
                row.day,
                row.ticket_number,
                safe_words(row.description),
                safe_words(row.guest_name),
                row.service_day,
                WORDS[row.tax_treatment],
                safe_words(row.referral_words or ""),
                row.written_on or "",
                row.valid_until or "",
                safe_words(row.accepted_by or ""),
                dollars(row.net_cents),
                dollars(row.untaxed_cents),
            )
        )
    answer = Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="exempt-{first}-{last}.csv"'
    return answer


@post("/reports/exemptions/treatment", opt=only(*MANAGERS), status_code=200)
async def change_treatment(request: AnyRequest) -> Response[Any]:
    """Say from which day on massage may be exempt as facility treatment."""
    desk, fields = await posted(request)
    form = read(fields, TreatmentForm)
    try:
        try:
            rate_ppm = round(float(form.rate) * 10_000)
        except (ValueError, OverflowError):
            raise Invalid("rate-unreadable", "Type a rate such as 1.8.", field="rate") from None
        await desk.ask(
            set_treatment,
            terms_id=uuid7(desk.now),
            valid_from=day_from(form.since, date.min),
            allowed=form.allowed == "yes",
            care_tax_ppm=rate_ppm,
        )
    except Refusal as problem:
        return await _screen(desk, None, None, problem)
    return desk.see("/reports/exemptions", Toast("Saved."))


router = Router("/", route_handlers=[show_exemptions, exemptions_as_csv, change_treatment])
