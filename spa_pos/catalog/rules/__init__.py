"""Prices and tax; pure."""

from spa_pos.catalog.rules.prices import PriceRow, Quote, StandbyRule, quote
from spa_pos.catalog.rules.tax import Jurisdiction, TaxedLine, TaxPart, TaxResult, tax_ticket

__all__ = [
    "Jurisdiction",
    "PriceRow",
    "Quote",
    "StandbyRule",
    "TaxPart",
    "TaxResult",
    "TaxedLine",
    "quote",
    "tax_ticket",
]
