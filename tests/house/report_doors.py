"""The doors of reports, which managers alone may open."""

TABLES = ("exceptions", "performance", "staff-discounts", "tips")
"""Reports that are tables: a page, CSV and Excel."""

FOR_REPORTS = {f"GET /reports/{name}{ending}" for name in TABLES for ending in ("", ".csv", ".xlsx")} | {
    "GET /reports/books",
    "GET /reports/books/file",
    "GET /reports/bridge",
    "GET /reports/bridge.csv",
    "GET /reports/bridge.xlsx",
    "GET /reports/bridge/rows",
    "GET /reports/cards",
    "GET /reports/exemptions",
    "GET /reports/exemptions.csv",
    "GET /reports/sales-day",
    "GET /reports/stored-value",
    "POST /reports/cards",
    "POST /reports/cards/{difference_id:uuid}/settlement",
    "POST /reports/exemptions/treatment",
    "POST /reports/stored-value/idle-years",
}
