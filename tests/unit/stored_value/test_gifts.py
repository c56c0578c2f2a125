"""The code of a card that is handed over by a link, and the day on which it is sent."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from spa_pos.kernel.errors import Invalid
from spa_pos.stored_value.rules import SIGNS, check_day, clean_words, gift_code, goes_out_at, is_ours

SECRET = "a secret of the tests that is long enough"
CHICAGO = ZoneInfo("America/Chicago")
TODAY = date(2026, 11, 24)


def test_a_link_always_stands_for_the_same_code_and_another_for_another() -> None:
    one = UUID(int=1)
    assert gift_code(SECRET, one) == gift_code(SECRET, one)
    assert is_ours(gift_code(SECRET, one))
    codes = {gift_code(SECRET, UUID(int=number)) for number in range(2_000)}
    assert len(codes) == 2_000
    assert all(is_ours(code) for code in codes)
    assert gift_code("another secret of the tests, long enough", one) not in codes


def test_every_symbol_comes_as_often_as_any_other() -> None:
    counted = Counter("".join(gift_code(SECRET, UUID(int=number))[:16] for number in range(3_000)))
    expected = 3_000 * 16 / len(SIGNS)
    assert counted.keys() == set(SIGNS)
    assert all(0.85 * expected < count < 1.15 * expected for count in counted.values()), counted


def test_a_gift_is_sent_today_or_within_a_year() -> None:
    assert check_day(None, TODAY) == TODAY
    assert check_day(TODAY, TODAY) == TODAY
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=367)):
        with pytest.raises(Invalid):
            check_day(wrong, TODAY)


def test_a_gift_for_today_goes_at_once_and_another_on_the_morning_of_its_day() -> None:
    now = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    assert goes_out_at(TODAY, now, CHICAGO) == now
    assert goes_out_at(date(2026, 12, 24), now, CHICAGO) == datetime(2026, 12, 24, 15, tzinfo=UTC)
    assert goes_out_at(date(2027, 3, 14), now, CHICAGO) == datetime(2027, 3, 14, 14, tzinfo=UTC)


def test_words_are_cut_where_the_card_ends() -> None:
    assert clean_words("  so \n many   words ", 8) == "so many"
