"""What counts on the waitlist and how long offers are kept, for managers."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from spa_pos.booking.actions.waitlist import RulesAsk, change_waitlist_rules
from spa_pos.booking.pages.waitlist_views import Step, WaitlistRulesPage, WeightField
from spa_pos.booking.queries.waitlist import WaitlistRules, waitlist_rules
from spa_pos.booking.rules.triage import Ask, score
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import groups, history
from spa_pos.schedule.rules import face_of
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

OTHERS = {
    "severity": ("Severity, for each step from 0 to 10", ""),
    "leaving": ("Leaving soon, for each day fewer", ""),
    "waiting": ("Waiting, for each day", ""),
}
EXAMPLE = UUID(int=0)
LAST_CHANGES = 5


@get("/waitlist/rules", opt=only(*MANAGERS))
async def show_rules(request: AnyRequest) -> Response[str]:
    """What counts, and how offers go out."""
    return await _page(await desk_of(request))


@post("/waitlist/rules", opt=only(*MANAGERS), status_code=200)
async def change_rules(request: AnyRequest) -> Response[Any]:
    """Change what counts, or how offers go out."""
    desk, fields = await posted(request)
    rules = await waitlist_rules(desk.place.id)
    try:
        await desk.ask(change_waitlist_rules, version=_number(fields, "version"), asked=_asked(fields, rules))
    except Refusal as problem:
        return await _page(desk, fields, problem)
    return desk.see("/waitlist/rules", Toast("The waitlist's rules are changed."))


def _number(fields: dict[str, str], name: str) -> int:
    text = fields.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid("number-unreadable", "Type whole numbers, such as 30.", field=name)
    return int(text)


def _asked(fields: dict[str, str], rules: WaitlistRules) -> RulesAsk:
    points = {
        row.id: _number(fields, f"g_{row.code}" if row.factor == "group" else f"w_{row.id}")
        for row in rules.rows
        if row.factor != "group" or f"g_{row.code}" in fields
    }
    named = {row.code for row in rules.of("group")}
    fresh = {
        name[2:]: _number(fields, name) for name in fields if name.startswith("g_") and name[2:] not in named
    }
    return RulesAsk(
        _number(fields, "hold_minutes"),
        _number(fields, "notice_minutes"),
        face_of(fields.get("offers_from", ""), "offers_from"),
        face_of(fields.get("offers_until", ""), "offers_until"),
        _number(fields, "leaving_days"),
        _number(fields, "waiting_most_points"),
        points,
        frozenset(row.id for row in rules.of("reason") if f"use_{row.id}" not in fields),
        fresh,
        fields.get("new_reason", ""),
        _number(fields, "new_points") if fields.get("new_points") else 0,
    )


async def _page(
    desk: Desk, typed: dict[str, str] | None = None, problem: Refusal | None = None
) -> Response[str]:
    rules = await waitlist_rules(desk.place.id)
    counts = rules.weights.groups

    def kept(name: str, value: int) -> int:
        return _kept(typed, name, value)

    lines = [line for line in await history(desk.place.id) if "waitlist" in line.verb]
    page = WaitlistRulesPage(
        version=rules.version,
        hold_minutes=kept("hold_minutes", rules.offers.hold // timedelta(minutes=1)),
        notice_minutes=kept("notice_minutes", rules.offers.notice // timedelta(minutes=1)),
        offers_from=(typed or {}).get("offers_from", f"{rules.offers.offers_from:%H:%M}"),
        offers_until=(typed or {}).get("offers_until", f"{rules.offers.offers_until:%H:%M}"),
        leaving_days=kept("leaving_days", rules.leaving_days),
        waiting_most_points=kept("waiting_most_points", rules.waiting_most_points),
        groups=tuple(
            WeightField(
                f"g_{one.code}", one.name, "", kept(f"g_{one.code}", counts.get(one.code, ("", 0))[1])
            )
            for one in await groups()
        ),
        reasons=_reasons(rules, typed),
        others=tuple(
            WeightField(f"w_{row.id}", *OTHERS[factor], kept(f"w_{row.id}", row.points))
            for factor in OTHERS
            for row in rules.of(factor)
        ),
        example=_example(desk, rules),
        problem=problem_of(problem) if problem else None,
        history=tuple(
            Step(line.made_at.astimezone(desk.place.zone), line.who, line.verb.capitalize())
            for line in lines[-LAST_CHANGES:][::-1]
        ),
    )
    text = render("booking/waitlist_rules.html", page, await desk.shell(Nav.WAITLIST))
    return html(text, status=problem.status if problem else 200)


def _kept(typed: dict[str, str] | None, name: str, value: int) -> int:
    """What was typed, when it is a number."""
    text = (typed or {}).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else value


def _reasons(rules: WaitlistRules, typed: dict[str, str] | None) -> tuple[WeightField, ...]:
    return tuple(
        WeightField(
            f"w_{row.id}",
            row.name,
            "",
            _kept(typed, f"w_{row.id}", row.points),
            f"use_{row.id}",
            row.active if typed is None else f"use_{row.id}" in typed,
        )
        for row in rules.of("reason")
    )


def _example(desk: Desk, rules: WaitlistRules) -> str:
    """What the saved points make of a patient in pain who leaves in two days."""
    today = local_date(desk.now, desk.place.zone)
    ask = Ask(EXAMPLE, desk.now - timedelta(days=3), "patient", "pain", 7, today + timedelta(days=2))
    return score(ask, rules.weights, now=desk.now, zone=desk.place.zone).words
