"""A party that one of its guests moves, all of it together; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.booking.rules.calendar import DayCalendar
from spa_pos.booking.rules.fees import Policy
from spa_pos.booking.rules.guests import check_may_move, free_until, in_window
from spa_pos.booking.rules.parties import PartyNeeds, Plan, open_plans
from spa_pos.booking.rules.party_days import has_plan
from spa_pos.booking.rules.slots import ProviderWish
from spa_pos.booking.rules.supply import DaySupply, Interval, is_free
from spa_pos.booking.rules.visits import Status
from spa_pos.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class PartOfParty:
    """A visit of a party that holds its claims; `is_own` for those of the guest who asks."""

    is_own: bool
    status: Status
    starts_at: datetime
    policy: Policy | None


def check_may_move_all(parts: Sequence[PartOfParty], *, is_charged: bool, now: datetime) -> None:
    """A guest moves a party while that is free for every visit of it, and nobody is here or held.

    Nor while a card is charged for one of them.

    Raises:
        Conflict: `not-online` for a guest who comes no longer, `too-late-to-move` for their own visit,
            `not-all-move` for what stands in the way of others.
    """
    own = [one for one in parts if one.is_own and one.status.is_expected]
    if not own:
        raise Conflict("not-online", "This visit cannot be moved here. Call us, and we look together.")
    for one in own:
        check_may_move(one.policy, one.starts_at, now=now)
    late = any(now > free_until(one.policy, one.starts_at) for one in parts)
    if is_charged or late or not all(one.status.is_expected for one in parts):
        raise Conflict("not-all-move", "Not all of you can be moved here. Call us, and we look together.")


@dataclass(frozen=True, slots=True)
class PartMoved:
    """One visit of a party as it stands: its guest, and when guests may book such a one."""

    guest: UUID
    provider: UUID
    starts_at: datetime
    lead: timedelta
    horizon: timedelta


@dataclass(frozen=True, slots=True)
class PartyMove:
    """What other times of a party keep; `parts` stand in the order of the wishes, `taken` by guest."""

    needs: PartyNeeds
    parts: tuple[PartMoved, ...]
    taken: Mapping[UUID, Sequence[Interval]]
    now: datetime

    def has_time(self, day: DayCalendar) -> bool:
        """True when the party could begin on that day, whoever serves it."""
        return has_plan(self.needs, day, now=self.now, fits=self._fits)

    def plans(self, day: DaySupply) -> dict[datetime, Plan]:
        """The plans of a day by when they begin, with whom everybody has now where that is possible."""
        as_served = tuple(
            replace(wish, provider=ProviderWish(part.provider))
            for wish, part in zip(self.needs.wishes, self.parts, strict=True)
        )
        found = {}
        for needs in (self.needs, replace(self.needs, wishes=as_served)):
            for plan in open_plans(needs, day, now=self.now):
                if self._fits([slot.starts_at for slot in plan.slots]):
                    found[plan.starts_at] = plan
        return dict(sorted(found.items()))

    def _fits(self, starts: Sequence[datetime]) -> bool:
        """True for other times than now, in the window of each visit, when no guest is elsewhere."""
        rows = list(zip(self.parts, self.needs.wishes, starts, strict=True))
        return any(part.starts_at != start for part, _, start in rows) and all(
            in_window(start, part.lead, part.horizon, now=self.now)
            and is_free(self.taken.get(part.guest, ()), start, start + timedelta(minutes=wish.needs.minutes))
            for part, wish, start in rows
        )
