"""The manager's sales day: agreeing, disagreeing, empty."""

from dataclasses import replace
from datetime import timedelta

from spa_pos.reports.pages import views as reports
from tests.screens.frame import DAY, at

SALES = reports.SalesDayPage(
    day=DAY,
    is_today=True,
    previous_href="/reports/sales-day?date=2026-11-23",
    next_href=None,
    today_href="/reports/sales-day",
    as_of=at(12, 40),
    sentence="$1,245.00 net from 14 tickets so far today; massage brings most of it.",
    is_empty=False,
    category_names=("Massage", "Face and body", "Nails", "Acupuncture", "Retail"),
    rows=(
        reports.SalesRow("Employee", (48000, 8800, 3200, 0, 4800), 64800),
        reports.SalesRow("Patient family", (12000, 11000, 0, 11000, 0), 34000),
        reports.SalesRow("Visitor", (12000, 11000, 0, 0, 2700), 25700),
    ),
    column_totals_cents=(72000, 30800, 3200, 11000, 7500),
    gross_cents=138500,
    reductions_cents=14000,
    net_cents=124500,
    tax_rows=(
        reports.TaxRow("Minnesota", "6.875 %", 79500, 5466),
        reports.TaxRow("City of Rochester", "0.75 %", 79500, 596),
        reports.TaxRow("Olmsted County", "0.5 %", 79500, 397),
    ),
    tax_cents=6459,
    tender_rows=(reports.TenderRow("Cash", 5, 41230), reports.TenderRow("Card", 9, 89729)),
    tenders_cents=130959,
    tickets_count=14,
    visits_count=13,
    voided_count=1,
    ledger=reports.LedgerLine(
        True, 124500, 6459, 138959, 0, 138959, 138959, tips_cents=3000, value_cents=5000
    ),
    late_tips_cents=500,
    tickets=tuple(
        reports.SoldTicket(
            1030 + i,
            "/tickets/1/receipt",
            at(9) + timedelta(minutes=17 * i),
            name,
            what,
            9600,
            780,
            10380,
            paid,
        )
        for i, (name, what, paid) in enumerate(
            (
                ("Marcus Bell", "Swedish massage", "Visa 4242"),
                ("Rosa Delgado", "Aromatherapy massage", "Cash"),
                ("Lena Vogel", "Signature facial and 1 more", "Cash and Visa 1881"),
            )
        )
    ),
)
CARDS_DIFFER = replace(SALES, cards_words="2 differences with the card processor wait for somebody.")
BROKEN = replace(
    SALES,
    ledger=reports.LedgerLine(
        False,
        124500,
        6459,
        130959,
        0,
        130459,
        130959,
        ("Tenders taken are $1,304.59, but net sales and tax are $1,309.59: $5.00 apart.",),
    ),
)
EMPTY_SALES = replace(
    SALES,
    is_empty=True,
    is_today=False,
    next_href="/reports/sales-day",
    rows=(),
    tickets=(),
    sentence="Nothing was sold on Sunday, November 22.",
    ledger=reports.LedgerLine(True, 0, 0, 0, 0, 0, 0),
)
