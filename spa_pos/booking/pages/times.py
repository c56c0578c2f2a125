"""When a booking could take place: good times with their reason, all times, the next days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.asked import Asked
from spa_pos.booking.pages.known import Href, Known
from spa_pos.booking.pages.sheet_views import DayChoice, DayPart, Serving, TimeChoice
from spa_pos.booking.rules import (
    DayCalendar,
    DaySupply,
    Interval,
    Needs,
    PartyNeeds,
    Plan,
    Slot,
    SuggestedPlan,
    Wish,
    best_plans,
    best_times,
    has_plan,
    is_free,
    limit_passed,
    open_plans,
    open_times,
)
from spa_pos.kernel.time import local_date
from spa_pos.web.answers import words_of
from spa_pos.web.shell import initials

NOON = time(12)
EVENING = time(17)
MOST_BEYOND = 12
TOGETHER_WORDS = "All of these together would pass a provider's hands-on limit."


@dataclass(frozen=True, slots=True)
class Times:
    """What the question of time shows; `plan` is what was chosen."""

    best: tuple[TimeChoice, ...] = ()
    parts: tuple[DayPart, ...] = ()
    beyond: tuple[TimeChoice, ...] = ()
    days: tuple[DayChoice, ...] = ()
    plan: Plan | None = None
    chosen: TimeChoice | None = None
    none_because: str | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds times for all services of a booking at once."""

    zone: ZoneInfo
    known: Known
    asked: Sequence[Asked]
    party: PartyNeeds
    hues: Mapping[UUID, int]
    taken: Mapping[UUID, Sequence[Interval]]
    now: datetime
    offered: Sequence[Needs]
    href: Href

    @classmethod
    def of(
        cls,
        zone: ZoneInfo,
        known: Known,
        asked: Sequence[Asked],
        hues: Mapping[UUID, int],
        taken: Mapping[UUID, Sequence[Interval]],
        now: datetime,
        offered: Sequence[Needs],
    ) -> "Finder":
        """A finder for what is asked for; `taken` are the visits that the guests have already.

        `offered` is what can be booked in this house.
        """
        guests = list(dict.fromkeys(one.whose.id for one in asked))
        wishes = tuple(Wish(guests.index(one.whose.id), one.needs, one.wish) for one in asked)
        party = PartyNeeds(wishes, known.arrangement, timedelta(minutes=known.wait))
        return cls(zone, known, asked, party, hues, taken, now, offered, known.hrefs())

    def times(self, days: Mapping[date, DayCalendar]) -> Times:
        """Everything about the time, for a day and the days around it."""
        day = days[self.known.day].supply()
        plans = self._plans(day)
        beyond = self._beyond(day, plans)
        plan, limit_words = self._chosen(plans, beyond)
        chosen = replace(self._choice(plan, limit_words=limit_words), chosen=True) if plan else None
        wanted = self.known.asked_for(self.zone)
        best = [
            self._choice(one.plan, reason=one.reason, chosen=_same(one.plan, plan))
            for one in self._suggested(plans, wanted)
        ]
        shown_days = self._days(days)
        return Times(
            tuple(best),
            self._parts(plans, plan),
            tuple(
                self._choice(one, chosen=_same(one, plan), limit_words=words)
                for one, words in beyond[:MOST_BEYOND]
            ),
            shown_days,
            plan,
            chosen,
            None if plans else f"{self._none_because(day)}{_next_open(shown_days, self.known.day)}",
        )

    def _plans(self, day: DaySupply, *, past_limits: bool = False) -> list[Plan]:
        if len(self.asked) > 1:
            plans = open_plans(self.party, day, now=self.now)
            return [
                plan
                for plan in plans
                if not self._is_as_now(plan) and self._guests_can([slot.starts_at for slot in plan.slots])
            ]
        (one,) = self.asked
        slots = open_times(one.needs, day, now=self.now, wish=one.wish, past_limits=past_limits)
        if busy := self.taken.get(one.whose.id):
            slots = [slot for slot in slots if is_free(busy, slot.starts_at, slot.ends_at)]
        plans = [Plan((slot,)) for slot in slots]
        return plans if one.visit is None else [plan for plan in plans if not self._is_as_now(plan)]

    def _guests_can(self, starts: Sequence[datetime]) -> bool:
        """True when no guest has another visit while the services take that begin then."""
        return all(
            is_free(self.taken.get(one.whose.id, ()), start, start + timedelta(minutes=one.needs.minutes))
            for one, start in zip(self.asked, starts, strict=True)
        )

    def _is_as_now(self, plan: Plan) -> bool:
        """True for the time that what is being moved has already."""
        return all(
            one.visit is not None
            and (one.visit.starts_at, one.visit.provider_id) == (slot.starts_at, slot.provider.staff_id)
            for one, slot in zip(self.asked, plan.slots, strict=True)
        )

    def _beyond(self, day: DaySupply, plans: Sequence[Plan]) -> list[tuple[Plan, str]]:
        """Times that only a limit of hands-on work stands against, with that limit in words."""
        if len(self.asked) == 1:
            minutes = self.asked[0].needs.minutes
            against = self._plans(day, past_limits=True)
            words = [limit_passed(one.slots[0].provider, one.starts_at, minutes) or "" for one in against]
            return list(zip(against, words, strict=True))
        loose = replace(day, providers=tuple(replace(one, limits=None) for one in day.providers))
        bound = {one.number: one for one in day.providers}
        known = {plan.starts_at for plan in plans}
        found = []
        for plan in self._plans(loose):
            if plan.starts_at not in known:
                passed = (
                    limit_passed(bound[slot.provider.number], slot.starts_at, one.needs.minutes)
                    for one, slot in zip(self.asked, plan.slots, strict=True)
                    if one.needs.hands_on
                )
                found.append((plan, next((words for words in passed if words), TOGETHER_WORDS)))
        return found

    def _chosen(self, plans: Sequence[Plan], beyond: Sequence[tuple[Plan, str]]) -> tuple[Plan | None, str]:
        wanted, serves = self.known.wanted(self.zone), self.known.serves
        if wanted is None:
            return None, ""
        for plan, words in [*((plan, "") for plan in plans), *beyond]:
            if plan.starts_at == wanted and serves in (None, plan.slots[0].provider.staff_id):
                return plan, words
        return None, ""

    def _suggested(self, plans: Sequence[Plan], wanted: datetime | None) -> list[SuggestedPlan]:
        if len(self.asked) > 1:
            return best_plans(plans, self.party, self.offered, wanted=wanted)
        slots = [plan.slots[0] for plan in plans]
        found = best_times(slots, self.asked[0].needs, self.offered, wanted=wanted)
        return [SuggestedPlan(Plan((one.slot,)), one.reason) for one in found]

    def _choice(
        self, plan: Plan, *, reason: str = "", chosen: bool = False, limit_words: str = ""
    ) -> TimeChoice:
        local = plan.starts_at.astimezone(self.zone)
        serving = tuple(self._serving(one, slot) for one, slot in zip(self.asked, plan.slots, strict=True))
        names = list(dict.fromkeys(slot.provider.name.split()[0] for slot in plan.slots))
        serves = plan.slots[0].provider.staff_id
        tapped = self.known.tapped or (None if self.known.serves else self.known.at)
        href = self.href(local.date(), local.time(), serves, tapped)
        return TimeChoice(local, words_of(names), serving, href, reason, chosen, limit_words)

    def _serving(self, asked: Asked, slot: Slot) -> Serving:
        name = slot.provider.name
        return Serving(
            asked.whose.name,
            asked.service.name,
            name,
            initials(name),
            self.hues.get(slot.provider.staff_id, 0),
            slot.room.name,
            slot.starts_at.astimezone(self.zone),
            slot.ends_at.astimezone(self.zone),
        )

    def _parts(self, plans: Sequence[Plan], chosen: Plan | None) -> tuple[DayPart, ...]:
        """Each start once (the first provider who could), by part of the day."""
        parts: dict[str, dict[datetime, TimeChoice]] = {"Morning": {}, "Afternoon": {}, "Evening": {}}
        seen, chosen_start = set[datetime](), chosen.starts_at if chosen else None
        for plan in plans:
            start = plan.starts_at
            is_chosen = start == chosen_start and _same(plan, chosen)
            if start in seen and not is_chosen:
                continue
            seen.add(start)
            choice = self._choice(plan, chosen=is_chosen)
            face = choice.starts_at.time()
            name = "Morning" if face < NOON else "Afternoon" if face < EVENING else "Evening"
            parts[name][start] = choice
        return tuple(DayPart(name, tuple(found.values())) for name, found in parts.items() if found)

    def _days(self, days: Mapping[date, DayCalendar]) -> tuple[DayChoice, ...]:
        today = local_date(self.now, self.zone)
        choices = []
        for day, calendar in days.items():
            if day < today:
                continue
            words = self._day_words(calendar)
            is_open, href = words not in ("Full", "Closed"), self.href(day, None, None, None)
            choices.append(DayChoice(day, href, words, is_open, day == self.known.day))
        return tuple(choices)

    def _day_words(self, day: DayCalendar) -> str:
        if day.open is None:
            return "Closed"
        if len(self.asked) > 1:
            found = has_plan(self.party, day, now=self.now, fits=self._guests_can)
            return "Open" if found else "Full"
        (one,) = self.asked
        begins = day.begin_times(one.needs, now=self.now, wish=one.wish)
        count = sum(self._guests_can([start]) for start in begins)
        return f"{count} open" if count else "Full"

    def _none_because(self, day: DaySupply) -> str:
        if day.open is None:
            return f"The spa is closed that day: {day.closed_because}. Choose another day."
        if len(self.asked) > 1:
            return (
                "No time that day fits all of them. Allow a longer wait, let them come one after another,"
                " take any provider, or choose another day."
            )
        (one,) = self.asked
        named = next((each for each in day.providers if each.staff_id == one.wish.provider), None)
        if named is not None:
            first_name = named.name.split()[0]
            return f"{first_name} has no time for {one.service.name} that day. Try anyone, or another day."
        if one.wish.gender is not None:
            return (
                f"No {one.wish.gender} has time for {one.service.name} that day. Try anyone, or another day."
            )
        return f"No time is left for {one.service.name} that day. Choose another day."


def _next_open(days: Sequence[DayChoice], after: date) -> str:
    found = next((one.day for one in days if one.is_open and one.day > after), None)
    return f" The next open day is {found:%A %-d %B}." if found else ""


def _same(one: Plan, other: Plan | None) -> bool:
    return other is not None and [(slot.starts_at, slot.provider.number) for slot in one.slots] == [
        (slot.starts_at, slot.provider.number) for slot in other.slots
    ]
