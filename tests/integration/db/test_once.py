"""A double click, a resent form and a retried call meet the first answer."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.db import action, fetch, fetch_value, insert, once
from spa_pos.db.tables import Counter
from spa_pos.kernel.errors import Conflict
from tests.conftest import Database

PLACE = UUID(int=7)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    id: UUID
    value: int


@action
async def add(name: str, *, value: int, now: datetime) -> Answer:
    await insert(Counter, place=PLACE, name=name, value=value)
    return Answer(uuid4(), value)


@action
async def refuse(name: str) -> None:
    await insert(Counter, place=PLACE, name=name, value=1)
    raise Conflict("no", "Not now.")


async def test_64_equal_requests_run_once_and_get_one_answer(database: Database) -> None:
    key = uuid4()
    answers = await asyncio.gather(*(once(key, add, "a", value=3, now=NOW) for _ in range(64)))
    assert len(set(answers)) == 1
    assert answers[0].value == 3
    assert await fetch_value("SELECT count(*) FROM counter") == 1


async def test_a_later_resend_gets_the_first_answer(database: Database) -> None:
    key = uuid4()
    first = await once(key, add, "a", value=3, now=NOW)
    assert await once(key, add, "a", value=3, now=NOW + timedelta(hours=1)) == first


@pytest.mark.parametrize(("name", "value"), [("b", 3), ("a", 4)])
async def test_the_same_key_with_other_contents_is_refused(database: Database, name: str, value: int) -> None:
    key = uuid4()
    await once(key, add, "a", value=3, now=NOW)
    with pytest.raises(Conflict) as refusal:
        await once(key, add, name, value=value, now=NOW)
    assert refusal.value.code == "request-reused"
    assert await fetch_value("SELECT count(*) FROM counter") == 1


async def test_the_same_key_for_another_verb_is_refused(database: Database) -> None:
    key = uuid4()
    await once(key, add, "a", value=3, now=NOW)
    with pytest.raises(Conflict) as refusal:
        await once(key, refuse, "a")
    assert refusal.value.code == "request-reused"


async def test_a_refused_request_may_be_sent_again(database: Database) -> None:
    key = uuid4()
    for _ in range(2):
        with pytest.raises(Conflict) as refusal:
            await once(key, refuse, "a")
        assert refusal.value.code == "no"
    assert await fetch("SELECT * FROM request") == []
    assert (await once(key, add, "a", value=1, now=NOW)).value == 1
