"""Stored value played at random beside a model that only counts: no cent is lost, nothing is below zero.

`pytest tests/property --hypothesis-profile=long` plays many more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as some

from spa_pos.db import fetch
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.stored_value.actions import (
    draw_visit,
    expire_gifts,
    forfeit_deposit,
    grant_credit,
    issue_gift_card,
    move_card_to_credit,
    redeem,
    refund_to,
    reload_gift_card,
    replace_card,
    sell_package,
    take_back,
    take_deposit,
    transfer_card,
    unredeem,
)
from spa_pos.stored_value.queries import liability_roll_forward
from spa_pos.stored_value.rules import Kind
from spa_pos.verify import verify
from tests.cast import Spa, open_spa
from tests.conftest import Database
from tests.value import Till

LONG = settings().max_examples > 100
GAMES = settings().max_examples if LONG else 25
LENGTH = 80 if LONG else 40
FIRST = date(2026, 11, 24)


@dataclass
class Game:
    """The real spa; `total` is what guests must hold altogether, told by the answers alone."""

    spa: Spa
    till: Till
    guests: list[UUID]
    plan_id: UUID
    cards: list[UUID] = field(default_factory=list)
    others: list[tuple[UUID, UUID]] = field(default_factory=list)
    packages: list[tuple[UUID, UUID]] = field(default_factory=list)
    tenders: list[UUID] = field(default_factory=list)
    total: int = 0
    last: tuple[Callable[..., Awaitable[Any]], dict[str, Any], bool] | None = None
    done: set[str] = field(default_factory=set)

    @classmethod
    async def begin(cls, spa: Spa) -> "Game":
        till = Till(spa)
        guests = [await spa.guest("Ingrid Halvorsen"), await spa.guest("Tom Becker")]
        return cls(
            spa, till, guests, await till.plan(10_000, ("swedish-60", 3, 12_000), ("facial-60", 1, 11_000))
        )

    async def ask(self, verb: Callable[..., Awaitable[Any]], *, posts: bool, **asked: Any) -> Any:
        """Do a verb as a manager; a refusal is an answer too."""
        self.last = None
        if posts:
            asked |= {"entry_id": uuid4(), "ticket_id": uuid4()}
        try:
            answer = await self._do(verb, posts, asked)
        except Refusal as refusal:
            self.done.add(f"refused: {refusal.code}")
            return None
        self.done.add(verb.__name__)
        self.last = (verb, asked, posts)
        return answer

    async def _do(self, verb: Callable[..., Awaitable[Any]], posts: bool, asked: dict[str, Any]) -> Any:
        if posts:
            return await self.till(verb, by=self.spa.renata, **asked)
        return await verb(self.spa.renata, now=self.spa.clock.now, **asked)

    async def sell(self, a: int, cents: int) -> None:
        card_id, free = uuid4(), cents // 10 if a % 2 else 0
        until = FIRST + timedelta(days=a) if free else None
        asked = {"issue_id": uuid4(), "card_id": card_id, "paid_cents": Cents(cents + 500)}
        done = await self.ask(issue_gift_card, posts=True, free_cents=Cents(free), free_until=until, **asked)
        if done:
            self.cards.append(card_id)
            self.total += cents + 500 + free

    async def reload(self, a: int, cents: int) -> None:
        if self.cards:
            card_id = self.cards[a % len(self.cards)]
            asked = {"reload_id": uuid4(), "card_id": card_id, "paid_cents": Cents(cents)}
            done = await self.ask(reload_gift_card, posts=True, **asked)
            self.total += cents if done else 0

    async def refund(self, a: int, cents: int) -> None:
        done = await self.ask(
            refund_to,
            posts=True,
            refund_id=uuid4(),
            guest_id=self.guests[a % 2],
            amount_cents=Cents(cents),
        )
        if done:
            self.total += cents
            self.others.append((done.holding_id, self.guests[a % 2]))

    async def deposit(self, a: int, cents: int) -> None:
        asked = {"deposit_id": uuid4(), "guest_id": self.guests[a % 2], "for_visit": None}
        if await self.ask(take_deposit, posts=True, amount_cents=Cents(cents), **asked):
            self.total += cents
            self.others.append((asked["deposit_id"], self.guests[a % 2]))  # type: ignore[arg-type]

    async def grant(self, a: int, cents: int) -> None:
        kind = Kind.GOODWILL_CREDIT if a % 2 else Kind.PROMOTIONAL_CREDIT
        asked = {"grant_id": uuid4(), "credit_id": uuid4(), "guest_id": self.guests[a % 2], "kind": kind}
        until = local_date(self.spa.clock.now, self.spa.house.zone) + timedelta(days=a % 3)
        done = await self.ask(
            grant_credit, posts=False, amount_cents=Cents(cents), until=until, reason="sorry", **asked
        )
        if done:
            self.total += cents
            self.others.append((done, self.guests[a % 2]))

    async def pay(self, a: int, cents: int) -> None:
        owned: list[tuple[UUID, UUID | None]] = [*((one, None) for one in self.cards), *self.others]
        if owned:
            holding_id, guest_id = owned[a % len(owned)]
            asked = {"holding_id": holding_id, "guest_id": guest_id, "tender_id": uuid4()}
            if await self.ask(redeem, posts=True, amount_cents=Cents(cents), **asked):
                self.total -= cents
                self.tenders.append(asked["tender_id"])  # type: ignore[arg-type]

    async def undo(self, a: int, cents: int) -> None:
        if self.tenders:
            amount = None if a % 2 else Cents(cents)
            tender_id = self.tenders[a % len(self.tenders)]
            done = await self.ask(
                unredeem, posts=True, return_id=uuid4(), tender_id=tender_id, amount_cents=amount
            )
            self.total += done.amount_cents if done else 0

    async def take(self, a: int, cents: int) -> None:
        owned = [*self.cards, *(one for one, _ in self.others), *(one for one, _ in self.packages)]
        if owned:
            asked = {"holding_id": owned[a % len(owned)], "take_back_id": uuid4(), "reason": "returned"}
            before = await held()
            if await self.ask(take_back, posts=True, amount_cents=Cents(cents), **asked):
                self.total += await held() - before

    async def transfer(self, a: int, cents: int) -> None:
        if self.cards:
            source, target = self.cards[a % len(self.cards)], self.cards[cents % len(self.cards)]
            await self._ending_gifts(
                transfer_card, transfer_id=uuid4(), card_id=source, to_card_id=target, reason="one card"
            )

    async def to_credit(self, a: int, _cents: int) -> None:
        if self.cards:
            await self.ask(
                move_card_to_credit,
                posts=False,
                transfer_id=uuid4(),
                card_id=self.cards[a % len(self.cards)],
                guest_id=self.guests[a % 2],
                reason="asked for it",
            )

    async def replace(self, a: int, _cents: int) -> None:
        if self.cards:
            asked = {"replacement_id": uuid4(), "new_card_id": uuid4(), "reason": "lost"}
            new_card = await self._ending_gifts(
                replace_card, card_id=self.cards[a % len(self.cards)], **asked
            )
            if new_card:
                self.cards.append(new_card)

    async def _ending_gifts(self, verb: Callable[..., Awaitable[Any]], **asked: Any) -> Any:
        """A verb that may end a free part whose last day is over, which the model reads off."""
        before = await expired()
        done = await self.ask(verb, posts=False, **asked)
        self.total += await expired() - before
        return done

    async def forfeit(self, a: int, _cents: int) -> None:
        if self.others:
            kept = await self.ask(
                forfeit_deposit,
                posts=False,
                forfeit_id=uuid4(),
                deposit_id=self.others[a % len(self.others)][0],
                reason="no-show",
            )
            self.total -= kept or 0

    async def buy(self, a: int, cents: int) -> None:
        package_id, guest_id = uuid4(), self.guests[a % 2]
        asked = {"package_id": package_id, "plan_id": self.plan_id, "guest_id": guest_id}
        if await self.ask(sell_package, posts=True, paid_cents=Cents(cents), **asked):
            self.packages.append((package_id, guest_id))
            self.total += cents

    async def draw(self, a: int, cents: int) -> None:
        if self.packages:
            package_id, guest_id = self.packages[a % len(self.packages)]
            asked = {"package_id": package_id, "guest_id": guest_id, "tender_id": uuid4()}
            service_id = await self.spa.service_id("swedish-60" if cents % 3 else "facial-60")
            done = await self.ask(draw_visit, posts=True, service_id=service_id, **asked)
            if done:
                self.total -= done.amount_cents
                self.tenders.append(asked["tender_id"])

    async def tomorrow(self, a: int, _cents: int) -> None:
        self.spa.clock.forward(days=a % 3)
        before = await expired()
        await expire_gifts(self.spa.clock.now)
        self.total += await expired() - before

    async def replay(self, _a: int, _cents: int) -> None:
        """The same once more: nothing moves."""
        if self.last is not None:
            before = await movements()
            await self._do(self.last[0], self.last[2], dict(self.last[1]))
            assert await movements() == before
            self.done.add("replayed")

    async def check(self) -> None:
        assert await held() == self.total
        assert [verdict for verdict in await verify() if verdict.problems] == []
        rows = await liability_roll_forward(self.spa.house.location_id, FIRST, date(2030, 1, 1))
        assert [row for row in rows if not row.agrees] == []
        assert sum(row.closing_cents for row in rows) == self.total


async def held() -> int:
    """What all guests hold; and no part of anything is below zero."""
    (row,) = await fetch(
        "SELECT coalesce(sum(paid_cents + free_cents), 0)::bigint AS cents,"
        " coalesce(min(least(paid_cents, free_cents)), 0) AS least FROM holding"
    )
    assert row["least"] >= 0
    return int(row["cents"])


async def expired() -> int:
    """What ended of free parts so far, as a negative amount."""
    (row,) = await fetch(
        "SELECT coalesce(sum(free_cents), 0)::bigint AS cents FROM value_movement WHERE kind = 'expired'"
    )
    return int(row["cents"])


async def movements() -> int:
    """How many movements there are."""
    return int((await fetch("SELECT count(*) AS number FROM value_movement"))[0]["number"])


PLAYS = (
    *("sell", "reload", "refund", "deposit", "grant", "pay", "pay", "pay", "undo", "undo", "take", "buy"),
    *("transfer", "to_credit", "replace", "forfeit", "draw", "draw", "tomorrow", "replay", "replay"),
)
plays = some.lists(
    some.tuples(some.sampled_from(PLAYS), some.integers(0, 20), some.integers(1, 6_000)),
    min_size=LENGTH,
    max_size=LENGTH,
)


@settings(
    max_examples=GAMES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(plays=plays)
async def test_whatever_is_done_with_stored_value_no_cent_is_lost(
    database: Database, plays: list[tuple[str, int, int]]
) -> None:
    await database.empty()
    game = await Game.begin(await open_spa())
    for number, (play, a, cents) in enumerate(plays):
        await getattr(game, play)(a, cents)
        assert await held() == game.total, play
        if number % 20 == 19:
            await game.check()
    await game.check()
    for word in sorted(game.done):
        event(word)
