"""What stands beneath a line: English words for the desk, facts for everybody else."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from spa_pos.checkout.pages.line_words import SAID, name_words
from spa_pos.checkout.rules import details
from spa_pos.checkout.rules.details import Form, facts_of
from spa_pos.kernel.money import Cents
from spa_pos.web.i18n import in_locale

ZONE = ZoneInfo("America/Chicago")
START = datetime(2026, 11, 24, 14, 15, tzinfo=ZONE)
CASES = (
    (
        details.in_visit("Ana Okafor", 60, START),
        "Ana Okafor, 60 min, 2:15 PM",
        "Ana Okafor, 60 min, 2:15 p.m.",
    ),
    (details.added_to("Swedish massage"), "With Swedish massage", "Con Masaje sueco"),
    (details.in_pieces(1, Cents(1_800)), "Retail", "Tienda"),
    (details.in_pieces(2, Cents(1_800)), "2 at $18.00", "2 a $18.00"),
    (details.by_minutes(None, 15, Cents(200)), "15 min at $2.00", "15 min a $2.00"),
    (details.by_minutes("Ana", 15, Cents(200)), "Ana, 15 min at $2.00", "Ana, 15 min a $2.00"),
    (
        details.of_visit("Swedish massage", START),
        "Swedish massage, Nov 24, 2:15 PM",
        "Masaje sueco, mar, 24 nov, 2:15 p.m.",
    ),
    (
        details.for_visit("Swedish massage", START),
        "For Swedish massage, Nov 24, 2:15 PM",
        "Para Masaje sueco, mar, 24 nov, 2:15 p.m.",
    ),
    (details.of_gift("", online=True), "Bought online", "comprada en línea"),
    (details.of_gift("Per", online=True), "For Per, bought online", "Para Per, comprada en línea"),
    (details.of_gift(""), "No expiry, no fees", "No caduca y no tiene cargos"),
    (
        details.of_gift("Per", to="p•••@example.org", on=date(2026, 12, 24)),
        "For Per, to p•••@example.org on Dec 24, 2026",
        "Para Per, a p•••@example.org el 24 de diciembre de 2026",
    ),
    (details.of_package([(5, "Swedish massage")]), "5 × Swedish massage", "5 × Masaje sueco"),
)


@pytest.mark.parametrize(("columns", "english", "spanish"), CASES, ids=[one[1] for one in CASES])
def test_a_line_is_told_in_both_languages(columns: dict[str, Any], english: str, spanish: str) -> None:
    assert columns["detail"] == english
    facts = facts_of(columns["detail_facts"])
    assert facts is not None
    with in_locale("es"):
        assert SAID[facts.form](facts, ZONE).replace("\u00a0", " ") == spanish


def test_every_form_can_be_said() -> None:
    assert set(SAID) == set(Form)
    assert facts_of(None) is None


def test_a_card_is_named_by_its_last_symbols() -> None:
    assert name_words("Reload of Gift card …7KQ2") == "Reload of Gift card …7KQ2"
    with in_locale("es"):
        assert name_words("Reload of Gift card …7KQ2") == "Recarga de Tarjeta de regalo …7KQ2"
        assert name_words("Deposit") != "Deposit"
