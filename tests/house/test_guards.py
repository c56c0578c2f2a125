"""One forbidden write for each thing the database refuses, whatever the program does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

import asyncpg
import pytest

from tests.conftest import Database
from tests.database import plant

PLACE, ENTRY, OPEN, SETTLED, VOIDED, VISIT, LINE = (UUID(int=number) for number in range(1, 8))
CARD, EXCHANGING, ASKED, GHOST = UUID(int=90), UUID(int=91), UUID(int=92), UUID(int=99)

PLANTED = f"""
INSERT INTO location VALUES ('{PLACE}', 'x', '', '', '', '', '', '', '');
INSERT INTO account VALUES ('cash', 'Cash', 'asset'), ('sales', 'Sales', 'revenue');
INSERT INTO entry (id, location, business_date, made_at, kind, subject)
    VALUES ('{ENTRY}', '{PLACE}', '2026-11-23', now(), 'sale', '{SETTLED}');
INSERT INTO posting (entry, account, amount_cents) VALUES ('{ENTRY}', 'cash', 5), ('{ENTRY}', 'sales', -5);
INSERT INTO day_balance (location, business_date, account, balance_cents)
    VALUES ('{PLACE}', '2026-11-20', 'cash', 0);
INSERT INTO audit_event (made_at, location, staff_name, request_id, verb, subject_kind, subject)
    VALUES (now(), '{PLACE}', '', '', '', '', '{OPEN}');
INSERT INTO ticket (id, location, number, opened_at) VALUES ('{OPEN}', '{PLACE}', 1, now());
INSERT INTO ticket (id, location, number, opened_at) VALUES ('{EXCHANGING}', '{PLACE}', 4, now());
INSERT INTO ticket (id, location, number, opened_at) VALUES ('{ASKED}', '{PLACE}', 5, now());
INSERT INTO attempt (id, location, purpose, subject, amount_cents, state, made_at, online)
    VALUES ('{ASKED}', '{PLACE}', 'ticket', '{ASKED}', 5, 'unknown', now(), true);
INSERT INTO exchange (id, refund, ticket, amount_cents) VALUES ('{GHOST}', '{GHOST}', '{EXCHANGING}', 5);
INSERT INTO ticket
    (id, location, number, status, opened_at, settled_at, business_date, net_cents, tax_cents, total_cents)
    VALUES ('{SETTLED}', '{PLACE}', 2, 'settled', now(), now(), '2026-11-23', 5, 0, 5);
INSERT INTO ticket (id, location, number, status, opened_at)
    VALUES ('{VOIDED}', '{PLACE}', 3, 'voided', now());
INSERT INTO ticket_line
    (id, ticket, position, description, detail, category, guest_group, list_cents, net_cents,
     tax_treatment)
    SELECT gen_random_uuid(), theirs, 1, '', '', '', '', 5, 5, ''
    FROM unnest(ARRAY['{OPEN}', '{SETTLED}']::uuid[]) AS theirs;
INSERT INTO tender (id, ticket, kind, amount_cents, given_cents, taken_at)
    VALUES (gen_random_uuid(), '{SETTLED}', 'cash', 5, 5, now());
INSERT INTO ticket_tax VALUES (gen_random_uuid(), '{SETTLED}', 'state', 'State', 68750, 5, 0);
INSERT INTO resource (number, location, kind, name) VALUES (1, '{PLACE}', 'room', '1');
INSERT INTO appointment
    (id, location, guest, guest_number, service, provider, room, starts_at, ends_at, guest_group,
     list_price_cents, price_cents, booked_at, setup_minutes, turnover_minutes)
    VALUES ('{VISIT}', '{PLACE}', '{GHOST}', 1, '{GHOST}', '{GHOST}', 1, now(), now() + interval '1 hour',
     'visitor', 5, 5, now(), 0, 10);
INSERT INTO cancellation_policy VALUES (gen_random_uuid(), '{PLACE}', 1, now(), 24, 500000, 1000000, 15);
INSERT INTO consent (channel, address, given, made_at, made_by, source)
    VALUES ('email', 'i@example.org', true, now(), 'Maya', 'desk');
INSERT INTO holding (id, kind, location, paid_cents, made_at, moved_at)
    VALUES ('{CARD}', 'gift_card', '{PLACE}', 500, now(), now());
INSERT INTO value_movement (id, holding, location, kind, paid_cents, business_date, made_at)
    VALUES ('{CARD}', '{CARD}', '{PLACE}', 'sold', 500, '2026-11-23', now());
INSERT INTO claim (appointment, resource_no, starts_at, ends_at)
    VALUES ('{VISIT}', 1, '2026-11-23 15:00+00', '2026-11-23 16:00+00');
"""

NEW_ENTRY = (
    "INSERT INTO entry (id, location, business_date, made_at, kind, subject)"
    f" VALUES ('{GHOST}', '{PLACE}', '2026-11-23', now(), 'sale', '{GHOST}');"
)

ATTEMPT = "INSERT INTO attempt (id, location, purpose, subject, amount_cents, made_at, online)"
CLAIM = "INSERT INTO claim (appointment, resource_no, starts_at, ends_at)"
MOVEMENT = (
    "INSERT INTO value_movement (id, holding, location, business_date, made_at, kind, paid_cents, free_cents)"
    f" VALUES ('{GHOST}', '{CARD}', '{PLACE}', '2026-11-23', now(),"
)
POSTING = "INSERT INTO posting (entry, account, amount_cents)"
TENDER = "INSERT INTO tender (id, ticket, kind, amount_cents, given_cents, taken_at)"
TICKET_LINE = (
    "INSERT INTO ticket_line"
    " (id, ticket, position, description, detail, category, guest_group, list_cents, net_cents,"
    " tax_treatment)"
)

FORBIDDEN = [
    (
        "appointment_guest_never_twice",
        "INSERT INTO appointment (id, location, guest, guest_number, service, provider, room, starts_at,"
        " ends_at, guest_group, list_price_cents, price_cents, booked_at, setup_minutes, turnover_minutes,"
        " status, held_until) SELECT gen_random_uuid(), location, guest, guest_number, service, provider,"
        " room, starts_at + interval '59 minutes', ends_at + interval '1 hour', guest_group,"
        " list_price_cents, price_cents, booked_at, setup_minutes, turnover_minutes, 'held', now()"
        " FROM appointment",
    ),
    ("appointment_held", "UPDATE appointment SET status = 'held'"),
    ("cancellation_policy_append_only", "UPDATE cancellation_policy SET late_ppm = 1"),
    ("cancellation_policy_append_only", "DELETE FROM cancellation_policy"),
    ("cancellation_policy_append_only", "TRUNCATE cancellation_policy CASCADE"),
    ("claim_of_one", f"{CLAIM} VALUES (NULL, 1, '2026-11-23 18:00+00', '2026-11-23 19:00+00')"),
    ("claim_never_overlaps", f"{CLAIM} VALUES ('{VISIT}', 1, '2026-11-23 15:30+00', '2026-11-23 16:30+00')"),
    ("claim_times", f"{CLAIM} VALUES ('{VISIT}', 1, '2026-11-23 18:00+00', '2026-11-23 18:00+00')"),
    ("claim_appointment_fkey", "DELETE FROM appointment"),
    ("consent_append_only", "UPDATE consent SET given = false"),
    ("consent_append_only", "DELETE FROM consent"),
    ("consent_append_only", "TRUNCATE consent"),
    ("day_balance_append_only", "UPDATE day_balance SET balance_cents = 1"),
    ("day_balance_append_only", "DELETE FROM day_balance"),
    ("day_balance_append_only", "TRUNCATE day_balance"),
    ("entry_day_open", NEW_ENTRY.replace("2026-11-23", "2026-11-20")),
    ("entry_day_open", NEW_ENTRY.replace("2026-11-23", "2026-11-19")),
    ("entry_balances", NEW_ENTRY),
    ("entry_balances", f"{NEW_ENTRY} {POSTING} VALUES ('{GHOST}', 'cash', 5)"),
    ("entry_balances", f"{NEW_ENTRY} {POSTING} VALUES ('{GHOST}', 'cash', 5), ('{GHOST}', 'sales', -4)"),
    ("posting_with_entry", f"{POSTING} VALUES ('{ENTRY}', 'cash', 7), ('{ENTRY}', 'sales', -7)"),
    ("posting_with_entry", f"{POSTING} VALUES ('{GHOST}', 'cash', 5)"),
    ("holding_is_its_movements", "UPDATE holding SET paid_cents = 499"),
    ("holding_is_its_movements", f"{MOVEMENT} 'redeemed', -1, 0); UPDATE holding SET paid_cents = 498"),
    ("holding_never_below_zero", "UPDATE holding SET paid_cents = -1"),
    ("holding_never_below_zero", "UPDATE holding SET free_cents = -1"),
    ("holding_only_active_has_value", "UPDATE holding SET status = 'dead'"),
    (
        "holding_paid_never_expires",
        f"UPDATE holding SET kind = 'deposit', guest = '{GHOST}', free_until = now()",
    ),
    ("holding_parts", f"UPDATE holding SET kind = 'goodwill_credit', guest = '{GHOST}'"),
    ("value_movement_kind", f"{MOVEMENT} 'expired', -1, 0)"),
    ("value_movement_kind", f"{MOVEMENT} 'fee', -1, 0)"),
    ("value_movement_kind", f"{MOVEMENT} 'redeemed', 1, 0)"),
    ("value_movement_append_only", "UPDATE value_movement SET paid_cents = 1"),
    ("value_movement_append_only", "DELETE FROM value_movement"),
    ("value_movement_append_only", "TRUNCATE value_movement"),
    ("posting_not_zero", f"{NEW_ENTRY} {POSTING} VALUES ('{GHOST}', 'cash', 0)"),
    ("entry_append_only", "UPDATE entry SET kind = 'other'"),
    ("entry_append_only", "DELETE FROM entry"),
    ("entry_append_only", "TRUNCATE entry CASCADE"),
    ("posting_append_only", "UPDATE posting SET amount_cents = 1"),
    ("posting_append_only", "DELETE FROM posting"),
    ("posting_append_only", "TRUNCATE posting"),
    ("audit_event_append_only", "UPDATE audit_event SET verb = 'other'"),
    ("audit_event_append_only", "DELETE FROM audit_event"),
    ("audit_event_append_only", "TRUNCATE audit_event"),
    ("ticket_closed", f"UPDATE ticket SET guest = NULL WHERE id = '{SETTLED}'"),
    ("ticket_closed", f"UPDATE ticket SET status = 'open' WHERE id = '{VOIDED}'"),
    ("ticket_closed", f"DELETE FROM ticket WHERE id = '{SETTLED}'"),
    ("ticket_closed", f"UPDATE ticket_line SET net_cents = 5 WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"UPDATE ticket_line SET ticket = '{OPEN}' WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"UPDATE ticket_line SET ticket = '{SETTLED}' WHERE ticket = '{OPEN}'"),
    ("ticket_closed", f"DELETE FROM ticket_line WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"{TICKET_LINE} VALUES ('{LINE}', '{SETTLED}', 2, '', '', '', '', 5, 5, '')"),
    ("ticket_closed", f"UPDATE tender SET amount_cents = 4 WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"DELETE FROM tender WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"{TENDER} VALUES ('{LINE}', '{VOIDED}', 'cash', 5, 5, now())"),
    ("ticket_closed", f"UPDATE ticket_tax SET tax_cents = 1 WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"DELETE FROM ticket_tax WHERE ticket = '{SETTLED}'"),
    ("ticket_closed", f"{ATTEMPT} VALUES ('{GHOST}', '{PLACE}', 'ticket', '{VOIDED}', 5, now(), true)"),
    ("ticket_card_under_way", f"UPDATE ticket SET status = 'voided' WHERE id = '{ASKED}'"),
    ("ticket_settled", f"UPDATE ticket SET status = 'settled' WHERE id = '{OPEN}'"),
    ("ticket_line_sum", f"UPDATE ticket_line SET net_cents = 4 WHERE ticket = '{OPEN}'"),
    ("exchange_within_money", f"{TENDER} VALUES ('{LINE}', '{OPEN}', 'exchange', 5, NULL, now())"),
    ("exchange_within_money", f"{TENDER} VALUES ('{LINE}', '{EXCHANGING}', 'exchange', 6, NULL, now())"),
    (
        "exchange_within_money",
        f"{TENDER} VALUES ('{LINE}', '{EXCHANGING}', 'exchange', 3, NULL, now());"
        " UPDATE exchange SET rest_cents = 3",
    ),
    ("tender_amount", f"{TENDER} VALUES ('{LINE}', '{OPEN}', 'cash', 5, 4, now())"),
    ("tender_amount", f"{TENDER} VALUES ('{LINE}', '{OPEN}', 'cash', -5, 5, now())"),
    ("appointment_price", "UPDATE appointment SET price_cents = -1"),
    ("appointment_price", "UPDATE appointment SET price_cents = 4"),
]


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    await plant(database.url, PLANTED)
    connection = await asyncpg.connect(database.url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(("guard", "statement"), FORBIDDEN)
async def test_a_forbidden_write_is_refused_by_its_guard(
    connection: asyncpg.Connection, guard: str, statement: str
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await connection.execute(f"BEGIN; {statement}; COMMIT")
    await connection.execute("ROLLBACK")
    assert refusal.value.constraint_name == guard


async def test_what_is_allowed_still_works(connection: asyncpg.Connection) -> None:
    await connection.execute(
        f"BEGIN; {NEW_ENTRY} {POSTING} VALUES ('{GHOST}', 'cash', 5), ('{GHOST}', 'sales', -5);"
        f"UPDATE ticket_line SET position = 2 WHERE ticket = '{OPEN}';"
        f"{TENDER} VALUES ('{LINE}', '{OPEN}', 'cash', 5, 20, now());"
        f"UPDATE ticket SET status = 'voided' WHERE id = '{OPEN}';"
        f"UPDATE attempt SET state = 'cancelled' WHERE id = '{ASKED}';"
        f"UPDATE ticket SET status = 'voided' WHERE id = '{ASKED}';"
        f"{ATTEMPT} VALUES ('{GHOST}', '{PLACE}', 'tip', '{SETTLED}', 5, now(), true); COMMIT"
    )
    assert await connection.fetchval("SELECT count(*) FROM posting") == 4


async def test_a_balanced_pair_added_later_is_refused(connection: asyncpg.Connection) -> None:
    pair = f"{POSTING} VALUES ('{GHOST}', 'cash', 5), ('{GHOST}', 'sales', -5)"
    await connection.execute(f"BEGIN; {NEW_ENTRY} {pair}; COMMIT")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="already closed"):
        await connection.execute(pair)


@pytest.mark.parametrize(
    ("writing", "then"),
    [
        (f"{TICKET_LINE} VALUES ('{LINE}', '{OPEN}', 2, '', '', '', '', 5, 5, '')", nullcontext()),
        (
            f"{ATTEMPT} VALUES ('{GHOST}', '{PLACE}', 'ticket', '{OPEN}', 5, now(), true)",
            pytest.raises(asyncpg.IntegrityConstraintViolationError, match="a card is being asked"),
        ),
    ],
    ids=["a line", "a card"],
)
async def test_a_ticket_cannot_be_closed_behind_what_is_being_written(
    connection: asyncpg.Connection, database: Database, writing: str, then: AbstractContextManager[object]
) -> None:
    await connection.execute(f"BEGIN; {writing}")
    other = await asyncpg.connect(database.url)
    closing = asyncio.create_task(other.execute(f"UPDATE ticket SET status = 'voided' WHERE id = '{OPEN}'"))
    done, _ = await asyncio.wait({closing}, timeout=0.2)
    assert not done, "the ticket was closed meanwhile"
    await connection.execute("COMMIT")
    with then:
        await closing
    await other.close()
