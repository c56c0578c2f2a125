"""The bridge as files for spreadsheets. Words that people typed never become formulas."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from spa_pos.reports.queries import BridgeRow
from spa_pos.reports.rules import TERMS, Bridge
from spa_pos.reports.rules.bridge import Line, in_words

if TYPE_CHECKING:
    import xlsxwriter

MOST_ROWS = 100_000
HEAD = ("Part", "Line", "Ledger", "Tickets, tenders and refunds")

Cell = tuple[str, str, int | None, int | None]


def _cells(bridge: Bridge) -> Iterator[Cell]:
    """Part, line, and both amounts in cents."""
    for part, lines, total in (
        ("Sold", bridge.sold, bridge.sold_cents),
        ("Paid", bridge.paid, bridge.paid_cents),
    ):
        yield from (_cell(part, line) for line in lines)
        yield part, f"All that was {part.lower()}", total, None
    yield "Check", "Sold less paid", bridge.sold_cents - bridge.paid_cents, None
    for purse in bridge.purses:
        yield purse.name, "Before", purse.before_cents, None
        yield from (_cell(purse.name, line) for line in (*purse.paid, *purse.moved))
        yield purse.name, "After", purse.after_cents, None


def _cell(part: str, line: Line) -> Cell:
    return part, line.term.word, line.cents, line.records_cents


def safe_words(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def dollars(cents: int | None) -> str:
    """An amount for spreadsheets: `-12.50`; nothing is empty."""
    if cents is None:
        return ""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def bridge_csv(bridge: Bridge, first: date, last: date) -> str:
    """A line for each term, its part first; amounts in dollars."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(("From", "To", *HEAD))
    for part, line, ledger, records in _cells(bridge):
        rows.writerow((first, last, safe_words(part), safe_words(line), dollars(ledger), dollars(records)))
    return text.getvalue()


def bridge_xlsx(
    bridge: Bridge, rows: Sequence[BridgeRow], place: str, zone: ZoneInfo, first: date, last: date
) -> bytes:
    """A workbook with the bridge on one sheet and every entry on another; times are of the place's clocks."""
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet("Bridge")
    sheet.set_column(0, 1, 38)
    sheet.set_column(2, 3, 18)
    sheet.write_string(0, 0, f"{place}: from {first} to {last}", bold)
    for column, word in enumerate(HEAD):
        sheet.write_string(2, column, word, bold)
    for number, (part, line, ledger, records) in enumerate(_cells(bridge), start=3):
        sheet.write_string(number, 0, part)
        sheet.write_string(number, 1, line)
        for column, cents in ((2, ledger), (3, records)):
            if cents is not None:
                sheet.write_number(number, column, cents / 100, money)
    _entries(book, rows, zone)
    book.close()
    return content.getvalue()


def _entries(book: "xlsxwriter.Workbook", rows: Sequence[BridgeRow], zone: ZoneInfo) -> None:
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "hh:mm"))
    sheet = book.add_worksheet("Entries")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 6, 18)
    for column, word in enumerate(("Day", "Time", "Line", "What", "Ticket", "Refund", "Guest", "Amount")):
        sheet.write_string(0, column, word, bold)
    for number, row in enumerate(rows, start=1):
        sheet.write_datetime(number, 0, row.business_date, day)
        sheet.write_datetime(number, 1, row.made_at.astimezone(zone).replace(tzinfo=None), moment)
        sheet.write_string(number, 2, TERMS[row.term].word if row.term in TERMS else in_words(row.kind))
        sheet.write_string(number, 3, in_words(row.kind))
        for column, value in ((4, row.ticket_number), (5, row.refund_number)):
            if value is not None:
                sheet.write_number(number, column, value)
        sheet.write_string(number, 6, row.guest_name or "")
        sheet.write_number(number, 7, row.cents / 100, money)
