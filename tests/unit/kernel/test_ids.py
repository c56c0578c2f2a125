"""Identifiers carry their time, so that they sort by it."""

from datetime import UTC, datetime, timedelta

from spa_pos.kernel.ids import uuid7

NOW = datetime(2026, 11, 23, 15, 30, 0, 123_000, tzinfo=UTC)


def test_an_identifier_is_a_version_7_uuid_of_its_millisecond() -> None:
    made = uuid7(NOW)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_later_identifiers_sort_later() -> None:
    moments = [NOW + timedelta(milliseconds=step) for step in range(50)]
    made = [str(uuid7(moment)) for moment in moments]
    assert made == sorted(made)


def test_identifiers_of_one_instant_differ() -> None:
    assert len({uuid7(NOW) for _ in range(2_000)}) == 2_000
