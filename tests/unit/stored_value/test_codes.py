"""Codes of gift cards: readable, checked, never mistaken for a payment card."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.kernel.errors import Invalid, TooMany
from spa_pos.stored_value.rules import (
    CODE_MISSES,
    RANDOM_SIGNS,
    SIGNS,
    check_misses,
    check_preprinted,
    check_sign,
    clean_code,
    code_hash,
    code_of,
    grouped,
    is_ours,
    last_four,
)

signs = some.text(SIGNS, min_size=RANDOM_SIGNS, max_size=RANDOM_SIGNS)
codes = signs.map(code_of).filter(lambda code: code is not None)


def test_no_symbol_reads_like_another() -> None:
    assert len(SIGNS) == len(set(SIGNS)) == 30
    assert not set("01ILOU") & set(SIGNS)


@given(code=codes, place=some.integers(0, RANDOM_SIGNS), other=some.sampled_from(SIGNS))
def test_every_single_wrong_symbol_is_found(code: str, place: int, other: str) -> None:
    assert is_ours(code)
    wrong = code[:place] + other + code[place + 1 :]
    assert is_ours(wrong) is (wrong == code)


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    missed = total = 0
    for first in SIGNS:
        for second in SIGNS:
            if first != second:
                total += 1
                missed += check_sign(f"ABCDEF{first}{second}") == check_sign(f"ABCDEF{second}{first}")
    assert total == 870
    assert missed <= 29


@given(code=codes)
def test_a_code_is_read_as_it_was_printed_however_it_is_typed(code: str) -> None:
    assert clean_code(f" {grouped(code).lower()} ") == code
    assert len(code) == 17
    assert last_four(code) == code[-4:]


def test_a_code_that_passes_for_a_card_number_is_never_made() -> None:
    assert code_of("4242424242424242") is None


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("", "code-unreadable"),
        ("ABCD", "code-unreadable"),
        ("ABCDEFGHJKMNPQR!", "code-unreadable"),
        ("A" * 41, "code-unreadable"),
        ("２" * 17, "code-unreadable"),
    ],
)
def test_what_is_no_code_is_refused(typed: str, refused: str) -> None:
    with pytest.raises(Invalid, match=refused):
        clean_code(typed)


def test_a_mistyped_symbol_is_told_before_anything_is_looked_up() -> None:
    code = code_of("ABCDEFGHJKMNPQRS")
    assert code is not None
    wrong = ("3" if code[0] != "3" else "4") + code[1:]
    with pytest.raises(Invalid, match="code-mistyped"):
        clean_code(wrong)


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("AAAAAAAAAAAABBBB", "code-guessable"),
        ("4111111111111111", "code-guessable"),
        ("5500005555555559AB7", "code-like-a-card"),
        ("TOO-SHORT-1", "code-unreadable"),
    ],
)
def test_preprinted_codes_must_be_unguessable_and_no_card_numbers(code: str, refused: str) -> None:
    with pytest.raises(Invalid, match=refused):
        check_preprinted(code)
    assert check_preprinted("spa-0193-8472-5561-0") == "SPA0193847255610"


def test_the_hash_of_a_code_depends_on_the_secret() -> None:
    assert code_hash("A" * 17, "one") != code_hash("A" * 17, "two")
    assert len(code_hash("A" * 17, "one")) == 64


def test_too_many_misses_have_to_wait() -> None:
    check_misses(CODE_MISSES - 1)
    with pytest.raises(TooMany, match="too-many-codes-tried"):
        check_misses(CODE_MISSES)
