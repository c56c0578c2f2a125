"""Tax rates and one price for several things; the bodies are Rochester's, the coming one is invented."""

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
ONE_PRICES = views.OnePricesPage(
    (
        views.OnePriceRow(
            new_id(),
            "Evening for two senses",
            18_000,
            21_000,
            ("Swedish massage, 60 min ($120.00)", "Classic facial, 60 min ($90.00)"),
            "67 % of it is taxable, so the whole price is taxed: tax $14.63, one by one $9.75",
            all_taxed=True,
            active=True,
        ),
        views.OnePriceRow(
            new_id(),
            "Facial and tea",
            9_500,
            10_100,
            ("Classic facial, 60 min ($90.00)", "Herbal tea, 20 bags ($11.00)"),
            "12 % of it is taxable, so the whole price is taxed: tax $7.72, one by one $0.89",
            all_taxed=True,
            active=False,
        ),
    ),
    (("1", "Swedish massage, 60 min · $120.00"), ("2", "Classic facial, 60 min · $90.00, not taxed")),
    tuple(views.PartField(number, "") for number in range(1, 7)),
)
ONE_PRICE_SURE = replace(
    ONE_PRICES,
    fields=tuple(views.PartField(number, str(number) if number < 3 else "") for number in range(1, 7)),
    name="Evening",
    price="180",
    ask_sure=True,
    problem=problem_of(Invalid("one-price-all-taxed", "67 % of $180.00 is taxable. Tick the box below.")),
)
NO_ONE_PRICE = replace(ONE_PRICES, rows=())
