"""Reports that are tables as files for spreadsheets. Words that people typed never become formulas."""

import csv
import io
from datetime import date

from spa_pos.reports.pages.bridge_files import dollars, safe_words
from spa_pos.reports.pages.sheet_views import Cell, Sheet, Table


def sheet_csv(table: Table) -> str:
    """One table: a line of names, then its rows; amounts in dollars."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([column.words for column in table.columns])
    rows.writerows([[_plain(cell) for cell in row] for row in table.rows])
    return text.getvalue()


def _plain(cell: Cell) -> str | int:
    if cell.cents is not None:
        return dollars(cell.cents)
    return safe_words(cell.words) if cell.count is None else cell.count


def sheet_xlsx(sheet: Sheet, title: str, place: str, first: date, last: date) -> bytes:
    """A workbook: a sheet for each table with its total, and one that says what is counted and how."""
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    for table in sheet.tables:
        page = book.add_worksheet(table.title[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(table.columns) - 1, 20)
        for column, about in enumerate(table.columns):
            page.write_string(0, column, about.words, bold)
        for number, row in enumerate([*table.rows, *([table.foot] if table.foot else [])], start=1):
            for column, cell in enumerate(row):
                if cell.cents is not None:
                    page.write_number(number, column, cell.cents / 100, money)
                elif cell.count is not None:
                    page.write_number(number, column, cell.count)
                else:
                    page.write_string(number, column, cell.words)
    page = book.add_worksheet("About")
    page.set_column(0, 0, 120)
    lines = [f"{title}, {place}, from {first} to {last}", sheet.lead, sheet.basis, *sheet.notes]
    lines += [
        f"{tie.what}: {dollars(tie.tickets_cents)}; in the ledger {dollars(tie.ledger_cents)}"
        for tie in sheet.ties
    ]
    lines += [
        f"{table.title}, {column.words}: {column.means}"
        for table in sheet.tables
        for column in table.columns
        if column.means
    ]
    for number, words in enumerate(lines):
        page.write_string(number, 0, words)
    book.close()
    return content.getvalue()
