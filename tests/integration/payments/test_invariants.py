"""What `verify` says of attempts that only a fault could have left."""

from uuid import uuid4

import pytest

from spa_pos.payments.queries import broken_attempts, broken_forgotten_attempts
from tests.conftest import Database
from tests.database import done_just_now, plant

SOUND = {
    "state": "'paid'",
    "processor_id": "'pi_1'",
    "received_cents": "500",
    "decline_code": "NULL",
    "decline_sentence": "NULL",
    "made_at": "now() - interval '1 hour'",
    "ended_at": "now()",
    "next_check_at": "NULL",
}
LIVE = {
    **SOUND,
    "state": "'submitted'",
    "received_cents": "NULL",
    "ended_at": "NULL",
    "next_check_at": "now()",
}
DECLINED = {
    **SOUND,
    "state": "'declined'",
    "received_cents": "NULL",
    "decline_code": "'x'",
    "decline_sentence": "'No.'",
}


async def planted(database: Database, row: dict[str, str]) -> str:
    """One attempt with these values, and its id."""
    attempt_id = str(uuid4())
    ids = {name: f"'{uuid4()}'" for name in ("location", "subject", "reader")}
    values = {
        "id": f"'{attempt_id}'",
        "purpose": "'ticket'",
        "amount_cents": "500",
        "tries": "0",
        **ids,
        **row,
    }
    await plant(
        database.url, f"INSERT INTO attempt ({', '.join(values)}) VALUES ({', '.join(values.values())})"
    )
    return attempt_id


@pytest.mark.parametrize("row", [SOUND, LIVE, DECLINED], ids=["paid", "live", "declined"])
async def test_a_sound_attempt_is_not_reported(database: Database, row: dict[str, str]) -> None:
    await planted(database, row)
    assert await broken_attempts() == []
    assert await broken_forgotten_attempts() == []


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({**SOUND, "received_cents": "0"}, "says paid and has no amount received"),
        ({**SOUND, "processor_id": "NULL"}, "has no id at the processor"),
        ({**SOUND, "ended_at": "NULL"}, "has ended and does not say when"),
        ({**LIVE, "state": "'new'"}, "names a processor it was never announced to"),
        ({**LIVE, "ended_at": "now()"}, "has an end and is still live"),
        ({**DECLINED, "decline_sentence": "NULL"}, "is declined without a reason"),
        ({**SOUND, "decline_code": "'x'"}, "has a reason and is not declined"),
    ],
)
async def test_a_contradiction_is_named(database: Database, row: dict[str, str], what: str) -> None:
    attempt_id = await planted(database, row)
    [sentence] = await broken_attempts()
    assert sentence.startswith(f"attempt {attempt_id} ")
    assert sentence.endswith(what)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({**LIVE, "made_at": "now() - interval '25 hours'"}, "has been live for more than a day"),
        ({**LIVE, "next_check_at": "NULL"}, "will never be looked at again"),
    ],
)
async def test_a_forgotten_attempt_is_named(database: Database, row: dict[str, str], what: str) -> None:
    attempt_id = await planted(database, row)
    await done_just_now(database.url)
    assert await broken_forgotten_attempts() == [f"attempt {attempt_id} (submitted) {what}"]
    assert await broken_attempts() == []
