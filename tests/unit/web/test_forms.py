"""What no form takes: the number of a card. What looks like one by chance is no reason to refuse."""

from urllib.parse import urlencode

import pytest

from spa_pos.kernel.errors import Invalid
from spa_pos.web.forms import parse_fields


@pytest.mark.parametrize(
    "typed",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "her card is 4242-4242-4242-4242, thank you",
        "378282246310005",
        "01a20ab1-da31-716f-9719-f6a0ee000004 and 4242424242424242",
    ],
)
def test_a_card_number_is_refused_and_its_field_named(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_fields(urlencode({"note": typed}).encode())
    assert (refused.value.code, refused.value.facts["field"]) == ("card-number-typed", "note")


@pytest.mark.parametrize(
    "typed",
    [
        "01a20ab1-da31-716f-9719-f6a0ee000004",
        "01a20ab1-da31-716f-9719-f6a0ee000004 2026-11-25T09:00:00-06:00",
        "42424242424242424242424242424242",
        "4006381333931 9 3.20",
        "2000000000015\n036000291452 12",
        "+1 507 555 0142",
        "4242424242424241",
        "0000000000000000",
    ],
)
def test_ids_times_and_telephone_numbers_are_no_cards(typed: str) -> None:
    assert parse_fields(urlencode({"note": typed}).encode()) == {"note": typed}
