"""How lines lie on 80 mm paper, and where a printer may be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.kernel.errors import Invalid
from spa_pos.printing.rules import (
    BACKOFF,
    Line,
    Look,
    clean_columns,
    clean_host,
    clean_port,
    laid_out,
    next_try,
    plain,
)

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def test_an_amount_stands_at_the_end_and_long_words_break_before_it() -> None:
    assert laid_out(Line("Swedish massage", "$120.00 T"), 42) == [
        "Swedish massage                  $120.00 T"
    ]
    long = laid_out(Line("A very long treatment with lavender and a name", "$120.00"), 42)
    assert long == ["A very long treatment with         $120.00", "lavender and a name"]
    assert laid_out(Line("  Employee price", "−$24.00"), 42) == ["  Employee price                   -$24.00"]


def test_a_big_line_holds_half_as_many_letters_and_a_rule_goes_across() -> None:
    assert laid_out(Line("Total", "$129.75", Look.BIG), 42) == ["Total         $129.75"]
    assert laid_out(Line(look=Look.RULE), 42) == ["-" * 42]


def test_a_centred_line_has_as_much_room_on_both_sides() -> None:
    assert laid_out(Line("Rejuvenate Spa", centred=True), 20) == ["   Rejuvenate Spa"]


@given(
    st.text(max_size=80), st.text("0123456789$.,−T ", max_size=14), st.integers(32, 64), st.sampled_from(Look)
)
def test_no_line_is_wider_than_the_paper(words: str, amount: str, columns: int, look: Look) -> None:
    wide = columns // 2 if look is Look.BIG else columns
    assert all(len(row) <= wide for row in laid_out(Line(words, amount, look), columns))


@given(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=200))
def test_no_letter_is_lost_when_a_word_is_longer_than_the_paper(word: str) -> None:
    assert "".join(laid_out(Line(word), 42)).replace(" ", "") == plain(word).replace(" ", "")


def test_signs_that_printers_do_not_know_become_plain_ones() -> None:
    assert plain("−$5.00 “so” – 2:15\u202fPM…") == '-$5.00 "so" - 2:15 PM...'
    assert plain("a\x1bp\x00b\nc") == "a p b c", "no text is ever a command"


@pytest.mark.parametrize("host", ["", "a b", "http://x", "x/y", "x:9100", "..", "-x", "ü", "x" * 254])
def test_an_address_is_a_name_or_four_numbers_and_nothing_else(host: str) -> None:
    with pytest.raises(Invalid):
        clean_host(host)


def test_good_addresses_are_taken_and_the_systems_own_ports_are_not() -> None:
    assert clean_host(" Printer-1.Spa.Example ") == "printer-1.spa.example"
    assert clean_host("127.0.0.1") == "127.0.0.1"
    assert clean_port(9100) == 9100
    for port in (0, 22, 80, 1023, 65536):
        with pytest.raises(Invalid):
            clean_port(port)
    for columns in (31, 65):
        with pytest.raises(Invalid):
            clean_columns(columns)


def test_tries_come_further_apart_and_end_when_nobody_waits_any_more() -> None:
    until = NOW + timedelta(seconds=40)
    waits = [next_try(tries, NOW, until) for tries in (1, 2, 3, 4, 5, 99)]
    assert waits == [NOW + timedelta(seconds=seconds) for seconds in (*BACKOFF, BACKOFF[-1])]
    assert next_try(5, NOW, NOW + timedelta(seconds=BACKOFF[-1])) is None
