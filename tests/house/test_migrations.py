"""Models and migrations agree; what only SQL can say is listed here, piece by piece."""

from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
import pytest
from piccolo.table import sort_table_classes

from migrations.m0073_plan_version import MADE_OF
from spa_pos.piccolo_app import APP_CONFIG

ONLY_IN_SQL_COLUMNS = {
    ("appointment", "minutes"): "start and length packed in one number, for reading months",
    ("claim", "minutes"): "start and length packed in one number, for reading months",
    ("entry", "made_in"): "the transaction that wrote the entry; postings must be of the same one",
}

ONLY_IN_SQL_CONSTRAINTS = {
    (
        "referral_scan",
        "referral_scan_referral",
    ): "a page goes with its referral",
    ("ticket_line", "ticket_line_deposit"): "a deposit is for a visit, and nothing else on a ticket is",
    ("stock_movement", "stock_movement_line"): "checkout's lines lie above stock",
    ("stock_movement", "stock_movement_refund"): "checkout's refunds lie above stock",
    ("claim", "claim_never_overlaps"): "two live claims on one resource never overlap",
    ("appointment", "appointment_guest_never_twice"): "two visits of one guest never overlap",
}

ONLY_IN_SQL_INDEXES = {
    "appointment_by_time",
    "appointment_held_until",
    "attempt_due",
    "block_by_time",
    "attempt_one_live_per_subject",
    "attempt_reader_one_live",
    "attempt_ended",
    "audit_event_by_time",
    "card_difference_open",
    "card_setup_due",
    "card_term_one_live",
    "card_return_due",
    "card_return_one_per_tender",
    "claim_by_time",
    "code_try_recent",
    "consent_latest",
    "appointment_guest_never_twice",
    "claim_never_overlaps",
    "entry_by_day",
    "drawer_by_day",
    "drawer_not_closed",
    "drawer_one_open_per_device",
    "event_by_topic",
    "guest_by_given_name",
    "guest_stands_in",
    "guest_try_identity",
    "guest_try_network",
    "holding_free_ends",
    "line_discount_by_giver",
    "gift_delivery_one_live",
    "gift_order_unpaid",
    "guest_try_door",
    "message_by_time",
    "message_due",
    "online_booking_email",
    "online_booking_made_at",
    "online_booking_network",
    "online_booking_paying",
    "online_booking_phone",
    "online_booking_setup",
    "payroll_authorisation_one_live",
    "ticket_line_card_once",
    "ticket_line_deposit_once",
    "ticket_line_fee_once",
    "tip_change_by_day",
    "stock_by_time",
    "stock_on_hand",
    "ticket_line_referral_of",
    "ticket_line_one_price_of",
    "guest_by_name",
    "guest_by_phone_end",
    "pin_attempt_recent",
    "print_job_by_time",
    "print_job_due",
    "print_job_one_at_a_time",
    "processor_event_due",
    "refund_by_day",
    "refund_one_open_per_ticket",
    "refund_one_void_per_ticket",
    "stock_movement_line_once",
    "refund_part_due",
    "tender_by_time",
    "audit_event_exception",
    "drawer_move_no_sale",
    "line_discount_by_time",
    "tender_undone",
    "ticket_by_day",
    "ticket_line_add_on_once",
    "ticket_line_appointment_once",
    "ticket_open",
    "value_movement_by_day",
    "wait_offer_one_open",
    "wait_once",
    "wait_open",
}

TRIGGERS = {
    ("audit_event", "audit_event_append_only"),
    ("audit_event", "audit_event_stays"),
    ("cancellation_policy", "cancellation_policy_append_only"),
    ("card_ask", "card_ask_append_only"),
    ("card_difference", "card_difference_stays"),
    ("card_term", "card_term_stays"),
    ("card_setup", "card_setup_consent_kept"),
    ("consent", "consent_append_only"),
    ("consent", "consent_stays"),
    ("online_booking", "online_holds_per_guest"),
    ("online_booking", "online_holds_per_network"),
    ("attempt", "deposit_charge_booked"),
    ("attempt", "gift_charge_sold"),
    ("attempt", "attempt_ticket_open"),
    ("appointment", "hold_being_paid"),
    ("gift_order", "gift_order_charged"),
    ("day_balance", "day_balance_append_only"),
    *((table, f"{table}_plans") for table in MADE_OF),
    ("drawer", "drawer_stays"),
    ("stock_movement", "stock_movement_append_only"),
    ("ticket", "sold_products_move"),
    ("ticket", "ticket_card_under_way"),
    ("tax_rate", "tax_rate_unused"),
    ("one_price_sale", "one_price_sale_closed"),
    ("referral", "referral_page"),
    ("referral", "referral_stays"),
    ("referral_scan", "referral_page_kept"),
    ("referral_scan", "referral_scan_stays"),
    ("ticket_line", "ticket_line_exempt"),
    ("treatment_terms", "treatment_terms_append_only"),
    ("drawer_count", "drawer_count_append_only"),
    ("drawer_entry", "drawer_entry_append_only"),
    ("drawer_entry", "drawer_entry_open"),
    ("drawer_move", "drawer_move_append_only"),
    ("drawer_move", "drawer_move_open"),
    ("entry", "entry_append_only"),
    ("exchange", "exchange_rest_within_money"),
    ("tender", "exchange_within_money"),
    ("entry", "entry_balances"),
    ("entry", "entry_day_open"),
    ("line_discount", "line_discount_closed"),
    ("holding", "holding_is_its_movements"),
    ("posting", "cash_in_drawer"),
    ("posting", "posting_append_only"),
    ("refund", "refund_closed"),
    ("refund_part", "refund_above_tender"),
    ("posting", "posting_with_entry"),
    ("tender", "tender_closed"),
    ("ticket", "ticket_closed"),
    ("tip", "tip_closed"),
    ("tip_change", "tip_change_append_only"),
    ("ticket_line", "ticket_line_closed"),
    ("ticket_tax", "ticket_tax_closed"),
    ("value_movement", "value_movement_append_only"),
}

COLUMNS = """
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnotnull AS required
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT t.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND k.contype IN ('p', 'u', 'c', 'f', 'x')
"""
INDEXES = """
    SELECT tablename AS table, indexname AS name, indexdef AS definition
    FROM pg_indexes WHERE schemaname = 'public'
"""
ENABLED_TRIGGERS = """
    SELECT c.relname AS table, t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled = 'O'
"""


@dataclass
class Shape:
    """What a database is made of; Piccolo's own bookkeeping left out."""

    columns: dict[tuple[str, str], tuple[str, bool]]
    constraints: dict[tuple[str, str], str]
    indexes: dict[str, str]
    triggers: set[tuple[str, str]]


async def shape_of(url: str, *first: str) -> Shape:
    connection = await asyncpg.connect(url)
    try:
        for statement in first:
            await connection.execute(statement)
        columns, constraints, indexes, triggers = [
            [row for row in await connection.fetch(query) if row["table"] != "migration"]
            for query in (COLUMNS, CONSTRAINTS, INDEXES, ENABLED_TRIGGERS)
        ]
    finally:
        await connection.close()
    return Shape(
        {(row["table"], row["column"]): (row["type"], row["required"]) for row in columns},
        {(row["table"], row["name"]): row["definition"] for row in constraints},
        {row["name"]: row["definition"] for row in indexes},
        {(row["table"], row["name"]) for row in triggers},
    )


@pytest.fixture
async def by_models(new_database: Callable[..., str]) -> Shape:
    """A database made by Piccolo from the table classes alone."""
    tables = sort_table_classes(list(APP_CONFIG.table_classes))
    statements = [statement for table in tables for statement in table.create_table().ddl]
    return await shape_of(new_database(migrated=False), *statements)


@pytest.fixture
async def by_migrations(new_database: Callable[..., str]) -> Shape:
    """A database made by the numbered history."""
    return await shape_of(new_database())


async def test_models_and_migrations_agree(by_models: Shape, by_migrations: Shape) -> None:
    for one in ONLY_IN_SQL_COLUMNS:
        del by_migrations.columns[one]
    for one in ONLY_IN_SQL_CONSTRAINTS:
        del by_migrations.constraints[one]
    for name in ONLY_IN_SQL_INDEXES:
        del by_migrations.indexes[name]
    assert len(by_models.columns) > 200
    assert by_migrations.columns == by_models.columns
    assert by_migrations.constraints == by_models.constraints
    assert by_migrations.indexes == by_models.indexes


async def test_every_trigger_is_there_and_none_besides(by_migrations: Shape) -> None:
    assert by_migrations.triggers == TRIGGERS
