"""Tax rates; the bodies are Rochester's, the coming one is invented."""

from dataclasses import replace
from datetime import date

from spa_pos.catalog.pages import views
from spa_pos.kernel.errors import Invalid
from spa_pos.web.answers import problem_of
from tests.screens.frame import DAY, new_id

RATES = views.RatesPage(
    "8.125 %",
    (
        views.RateRow(new_id(), "Minnesota", "6.875 %", date(2009, 7, 1), "In force", False),
        views.RateRow(new_id(), "City of Rochester", "1 %", date(2027, 1, 1), "From January 1, 2027", True),
        views.RateRow(new_id(), "City of Rochester", "0.75 %", date(2013, 1, 1), "In force", False),
    ),
    (
        views.TaxClassRow("Massage", "Taxed"),
        views.TaxClassRow("Face and body care", "Not taxed"),
    ),
    (("mn", "Minnesota"), ("rochester", "City of Rochester")),
    12_000,
    date(2027, 1, 1),
    1_005,
    (views.ExampleRow("Minnesota", 825), views.ExampleRow("City of Rochester", 120)),
    DAY,
)
WRONG = replace(
    RATES, typed_rate="lots", problem=problem_of(Invalid("rate-unreadable", "Type a rate such as 6.875."))
)
