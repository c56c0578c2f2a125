"""Parties, blocks and the schedule under a calendar that is in use."""

from datetime import time, timedelta
from uuid import UUID, uuid4

from spa_pos.booking.actions import (
    MoveItem,
    add_block,
    book_party,
    cancel_party,
    move_party,
    remove_block,
    restore_block,
    restore_party,
)
from spa_pos.booking.rules import Arrangement
from spa_pos.db import fetch, fetch_one, insert
from spa_pos.schedule.tables import ResourceOut, Shift, ShiftException, SpecialDay, TimeOff
from tests.integration.booking.asking import total_for
from tests.property.calendar import COMING, MINUTE, OFF, Calendar
from tests.property.oracle import Ask, Oracle

PEOPLE = ("Ana Okafor", "Ben Castellano", "Farah Haddad", "Jonas Weber")
THINGS = ("Room 1", "Room 2", "Hot-stone set", "Paraffin bath", *PEOPLE)

STEPS = (
    *["book"] * 8,
    *["hold"] * 3,
    *["confirm_hold"] * 2,
    *["move"] * 4,
    *["resize"] * 4,
    *["check_in"] * 3,
    *["couple"] * 3,
    *["move_couple", "cancel_couple", "restore_couple"] * 2,
    *["wait", "block", "restore"] * 2,
    *["sweep", "confirm", "cancel", "no_show", "start", "undo_check_in", "complete"],
    *["unblock", "reblock", "time_off", "exception", "special_day", "room_out", "shift", "licence"],
)
"""What may happen, the likelier the more often it stands here."""


class Spa(Calendar):
    """The calendar with its parties, blocks and shifts."""

    async def step(self, name: str, a: int, b: int) -> None:
        await getattr(self, name)(a, b)

    # ---- parties -------------------------------------------------------------------------------

    def _two(self, a: int, b: int) -> list[Ask]:
        """Side by side, or the second after the first."""
        one, other = self.menu(a, b), self.menu(a + 2 + b % 4, b)
        later = one.starts_at + (b % 3 == 2) * 70 * MINUTE
        return [one, Ask(other.services, other.staff, later)]

    def _guests_free(
        self, oracle: Oracle, asks: list[Ask], guests: list[UUID], without: list[UUID] | None = None
    ) -> bool:
        spans = [(guest, ask.starts_at, oracle.ends_at(ask)) for guest, ask in zip(guests, asks, strict=True)]
        (one, since, until), (other, later, end) = spans
        apart = one != other or later >= until or since >= end
        return apart and all(oracle.guest_is_free(*span, without or []) for span in spans)

    async def couple(self, a: int, b: int) -> None:
        """Two services as one, for two guests or for one."""
        asks = self._two(a, b)
        guests = [self.guests[a // 5 % 4], self.guests[b % 4]]
        items = [await self.item(ask, guest) for ask, guest in zip(asks, guests, strict=True)]
        oracle = await self.oracle()
        one_day = oracle.day_of(asks[0].starts_at) == oracle.day_of(asks[1].starts_at)
        fits = one_day and oracle.possible(*asks) and self._guests_free(oracle, asks, guests)
        party_id = uuid4()
        if await self.ask(
            "couple",
            fits,
            book_party,
            party_id=party_id,
            items=items,
            arrangement=Arrangement.TOGETHER,
            longest_wait_minutes=15,
        ):
            self.parties.append(party_id)
            self.status |= {item.appointment_id: "booked" for item in items}

    async def _members(self, a: int, *wanted: str) -> tuple[UUID, dict[UUID, int]] | None:
        """A party, and the versions of its visits that are where the step needs them."""
        if not self.parties:
            return None
        party_id = self.parties[a % len(self.parties)]
        rows = await fetch("SELECT id, version FROM appointment WHERE party = $1 ORDER BY id", party_id)
        return party_id, {row["id"]: row["version"] for row in rows if self.status[row["id"]] in wanted}

    async def move_couple(self, a: int, b: int) -> None:
        """Both to another time; where one is gone already, the other."""
        found = await self._members(a, *COMING)
        if found is None or not found[1]:
            return
        party_id, versions = found
        seen = [await self.asked_by(one) for one in versions]
        shift = self.when(b) - min(ask.starts_at for _, ask in seen)
        asks = [Ask(ask.services, ask.staff, ask.starts_at + shift, ask.minutes) for _, ask in seen]
        if b % 4 == 3 and len(asks) == 2:
            starts = [ask.starts_at for ask in asks]
            asks = [Ask(k.services, k.staff, at, k.minutes) for k, at in zip(asks, starts[::-1], strict=True)]
        oracle = await self.oracle()
        guests = [one.guest_id for one, _ in seen]
        fits = len({oracle.day_of(ask.starts_at) for ask in asks}) == 1 and oracle.possible(
            *asks, without=list(versions)
        )
        if len(asks) == 2:
            fits = fits and self._guests_free(oracle, asks, guests, list(versions))
        else:
            (ask,) = asks
            fits = fits and oracle.guest_is_free(guests[0], ask.starts_at, oracle.ends_at(ask), versions)
        items = [
            MoveItem(
                one,
                versions[one],
                ask.staff,
                ask.starts_at,
                await total_for(self.spa, guest, ask.services, ask.starts_at),
            )
            for one, ask, guest in zip(versions, asks, guests, strict=True)
        ]
        await self.ask("move party", fits, move_party, party_id=party_id, items=items)

    async def cancel_couple(self, a: int, _b: int) -> None:
        """All who are still to come."""
        found = await self._members(a, *COMING)
        if found is not None:
            party_id, versions = found
            done = await self.ask(
                "cancel party",
                bool(versions),
                cancel_party,
                party_id=party_id,
                versions=versions,
                reason="Ill",
            )
            self.status |= dict.fromkeys(done or (), "cancelled")

    async def restore_couple(self, a: int, _b: int) -> None:
        """All who were cancelled."""
        found = await self._members(a, *OFF)
        if found is not None:
            party_id, versions = found
            fits = bool(versions) and await self.may_come_back(*versions)
            done = await self.ask("restore party", fits, restore_party, party_id=party_id, versions=versions)
            self.status |= {one: self.back(one) for one in done or ()}

    # ---- blocks --------------------------------------------------------------------------------

    async def _number(self, a: int) -> int:
        row = await fetch_one("SELECT number FROM resource WHERE name = $1", THINGS[a % len(THINGS)])
        assert row is not None
        return int(row["number"])

    def _spot_free(self, oracle: Oracle, number: int, since: object, until: object) -> bool:
        return not any(
            row["resource_no"] == number
            and not row["released"]
            and oracle.counts(row)
            and row["starts_at"] < until
            and since < row["ends_at"]
            for row in oracle.rows["claim"]
        )

    async def block(self, a: int, b: int) -> None:
        """Keep a person, a room or a machine free for a while."""
        number, since = await self._number(a), self.when(b)
        until = since + (5 + 5 * (a % 20)) * MINUTE
        oracle, block_id = await self.oracle(), uuid4()
        fits = until > self.spa.clock.now and self._spot_free(oracle, number, since, until)
        fits = fits and oracle.day_of(since) == oracle.day_of(until - MINUTE)
        asked = {"resource_no": number, "starts_at": since, "ends_at": until, "kind": "break", "reason": ""}
        if await self.ask("block", fits, add_block, block_id=block_id, **asked):
            self.blocks[block_id] = "live"

    async def unblock(self, a: int, _b: int) -> None:
        """Free it again."""
        await self._set_block(a, "removed")

    async def reblock(self, a: int, _b: int) -> None:
        """After all not."""
        await self._set_block(a, "live")

    async def _set_block(self, a: int, to: str) -> None:
        if not self.blocks:
            return
        block_id = list(self.blocks)[a % len(self.blocks)]
        row, oracle = await fetch_one("SELECT * FROM block WHERE id = $1", block_id), await self.oracle()
        assert row is not None
        free = self._spot_free(oracle, row["resource_no"], row["starts_at"], row["ends_at"])
        fits = self.blocks[block_id] != to and (to == "removed" or free)
        verb = remove_block if to == "removed" else restore_block
        if await self.ask(f"block {to}", fits, verb, block_id=block_id, version=row["version"]):
            self.blocks[block_id] = to

    # ---- the schedule --------------------------------------------------------------------------

    async def time_off(self, a: int, b: int) -> None:
        """Somebody is away for some hours."""
        since, staff = self.when(b), self.ids[PEOPLE[a % 4]]
        until = since + (30 + a * 5) * MINUTE
        await insert(TimeOff, id=uuid4(), staff=staff, starts_at=since, ends_at=until, reason="Away")

    async def exception(self, a: int, b: int) -> None:
        """Somebody works other hours on a day, or not at all."""
        faces = ((time(9), time(12)), (time(8, 20), time(19)), (None, None))[b % 3]
        day = (await self.oracle()).day_of(self.when(b))
        asked = {"starts": faces[0], "ends": faces[1], "day": day, "reason": "Swap"}
        await insert(ShiftException, id=uuid4(), staff=self.ids[PEOPLE[a % 4]], **asked)

    async def special_day(self, a: int, b: int) -> None:
        """Other hours of the house, seldom none."""
        day = (await self.oracle()).day_of(self.when(b))
        opens, closes = (None, None) if a % 8 == 0 else (time(10), time(17, 10))
        await fetch("DELETE FROM special_day WHERE day = $1", day)
        where = self.spa.house.location_id
        asked = {"location": where, "day": day, "reason": "Inventory", "opens": opens, "closes": closes}
        await insert(SpecialDay, id=uuid4(), **asked)

    async def room_out(self, a: int, b: int) -> None:
        """A room or a machine is out of use."""
        number, since = await self._number(a % 4), self.when(b)
        until = since + timedelta(hours=1 + a % 3)
        asked = {"resource_no": number, "starts_at": since, "ends_at": until, "reason": "Repair"}
        await insert(ResourceOut, id=uuid4(), **asked)

    async def shift(self, a: int, b: int) -> None:
        """Somebody's Tuesdays change, or another shift is added, in every second week."""
        staff, day = self.ids[PEOPLE[a % 4]], (await self.oracle()).day_of(self.when(b))
        if b % 2:
            ends = time(12 + b % 8)
            await fetch(
                "UPDATE shift SET ends = $3 WHERE staff = $1 AND weekday = $2 AND starts < $3",
                staff,
                day.weekday(),
                ends,
            )
            return
        asked = {"weekday": day.weekday(), "starts": time(16), "ends": time(19), "every_weeks": 1 + b % 3}
        await insert(Shift, id=uuid4(), staff=staff, valid_from=day - timedelta(days=7), **asked)

    async def licence(self, a: int, b: int) -> None:
        """A licence ends yesterday, today, or never."""
        day = (await self.oracle()).day_of(self.spa.clock.now)
        until = day - timedelta(days=1) if b % 6 == 5 else (day, None)[b % 2]
        await fetch("UPDATE credential SET valid_until = $2 WHERE staff = $1", self.ids[PEOPLE[a % 4]], until)
