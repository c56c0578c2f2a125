"""Reading reports, each in one snapshot."""

from spa_pos.reports.queries.bridge import BridgeRow, BridgeRows, bridge, bridge_rows, every_bridge_row
from spa_pos.reports.queries.journal import ledger_days, ledger_journal
from spa_pos.reports.queries.sales import RefundRow, SalesDay, TicketRow, broken_days, sales_day

__all__ = [
    "BridgeRow",
    "BridgeRows",
    "RefundRow",
    "SalesDay",
    "TicketRow",
    "bridge",
    "bridge_rows",
    "broken_days",
    "every_bridge_row",
    "ledger_days",
    "ledger_journal",
    "sales_day",
]
