"""Prices and tax; pure."""

from spa_pos.catalog.rules.one_price import OnePriceSplit, Part, check_one_price, split_one_price
from spa_pos.catalog.rules.prices import PriceRow, Quote, StandbyRule, group_price, quote
from spa_pos.catalog.rules.tax import Jurisdiction, TaxedLine, TaxPart, TaxResult, tax_ticket

__all__ = [
    "Jurisdiction",
    "OnePriceSplit",
    "Part",
    "PriceRow",
    "Quote",
    "StandbyRule",
    "TaxPart",
    "TaxResult",
    "TaxedLine",
    "check_one_price",
    "group_price",
    "quote",
    "split_one_price",
    "tax_ticket",
]
