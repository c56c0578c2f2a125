"""The books as accounting programs read them: Beancount (version 3) and hledger; pure.

Both files hold the same: every account, opening balances when a period is chosen, every entry, and a
balance assertion for each account at the end, so the program that reads them says whether they are whole.
Names of guests and staff are not in them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from spa_pos.kernel.money import Cents

ROOTS = {"asset": "Assets", "liability": "Liabilities", "revenue": "Income", "expense": "Expenses"}
"""What both programs call our kinds of account."""

RESULTS = ("revenue", "expense")
"""Kinds of account that begin a period with nothing: what they held before is an earlier result."""

OPENING = "Equity:Opening-Balances"
EARLIER = "Equity:Earlier-Results"


@dataclass(frozen=True, slots=True)
class JournalAccount:
    """An account of the books: code, name, and what kind it is."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class JournalPosting:
    """A signed amount on an account, debits positive, with what it was for."""

    account: str
    cents: Cents
    category: str | None = None
    guest_group: str | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry: its business date, the instant it was made in the zone of its place, and what it was."""

    id: UUID
    day: date
    made_at: datetime
    place: str
    words: str
    ticket_number: int | None
    postings: list[JournalPosting]


@dataclass(frozen=True, slots=True)
class Journal:
    """The books from one business day to another, both included.

    `opening` and `closing` are balances by account code before the first and after the last day, straight
    from the ledger and not from `entries`.
    """

    title: str
    first: date
    last: date
    accounts: tuple[JournalAccount, ...]
    opening: Mapping[str, Cents]
    entries: Sequence[JournalEntry]
    closing: Mapping[str, Cents]

    @property
    def names(self) -> dict[str, str]:
        """What both programs call each account, by code; no two alike."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for account in sorted(self.accounts, key=lambda one: one.code):
            plain = ":".join((ROOTS[account.kind], *(_part(part) for part in account.code.split(":"))))
            name, number = plain, 1
            while name.lower() in taken:
                number += 1
                name = f"{plain}-{number}"
            taken.add(name.lower())
            found[account.code] = name
        return found

    @property
    def begun_with(self) -> list[tuple[str, Cents]]:
        """The opening entry, by account code; results of earlier periods stand on an account of their own."""
        kinds = {account.code: account.kind for account in self.accounts}
        kept = [(code, cents) for code, cents in sorted(self.opening.items()) if cents]
        earlier = sum(cents for code, cents in kept if kinds[code] in RESULTS)
        lines = [(code, cents) for code, cents in kept if kinds[code] not in RESULTS]
        return [*lines, *([(EARLIER, Cents(earlier))] if earlier else [])]

    @property
    def ended_with(self) -> list[tuple[str, Cents]]:
        """What each account must hold at the end: results those of the period, everything else all it has."""
        return [
            (
                account.code,
                Cents(
                    self.closing.get(account.code, 0)
                    - (self.opening.get(account.code, 0) if account.kind in RESULTS else 0)
                ),
            )
            for account in self.accounts
        ]


def _part(text: str) -> str:
    """A part of an account name: ASCII letters, digits and hyphens, the first a capital or a digit."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-") or "X"
    return plain[0].upper() + plain[1:]


def _plain(text: str) -> str:
    """One line without control signs, whatever somebody typed."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _amount(cents: int) -> str:
    sign, whole = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{whole // 100}.{whole % 100:02d} USD"


def beancount(journal: Journal) -> Iterable[str]:
    """The lines of a Beancount file."""
    names = journal.names
    yield f"option {_quoted('title')} {_quoted(journal.title)}"
    yield 'option "operating_currency" "USD"'
    yield ""
    for name in (OPENING, EARLIER):
        yield f"{journal.first} open {name} USD"
    for account in journal.accounts:
        yield f"{journal.first} open {names[account.code]} USD"
        yield f"  name: {_quoted(account.name)}"
    if journal.begun_with:
        yield ""
        yield f'{journal.first} * "Opening balances"'
        for code, cents in journal.begun_with:
            yield f"  {names.get(code, code)}  {_amount(cents)}"
    for entry in journal.entries:
        yield from _beancount_entry(entry, names)
    yield ""
    for code, cents in journal.ended_with:
        amount = _amount(cents).replace(" USD", " ~ 0.00 USD")
        yield f"{journal.last + timedelta(days=1)} balance {names[code]}  {amount}"


def _beancount_entry(entry: JournalEntry, names: Mapping[str, str]) -> Iterable[str]:
    link = "" if entry.ticket_number is None else f" ^ticket-{entry.ticket_number}"
    yield ""
    yield f"{entry.day} * {_quoted(entry.place)} {_quoted(entry.words)}{link}"
    yield f'  entry: "{entry.id}"'
    yield f'  made-at: "{entry.made_at.isoformat(timespec="seconds")}"'
    for posting in entry.postings:
        yield f"  {names[posting.account]}  {_amount(posting.cents)}"
        if posting.category is not None:
            yield f"    category: {_quoted(posting.category)}"
        if posting.guest_group is not None:
            yield f"    guest-group: {_quoted(posting.guest_group)}"


def _quoted(text: str) -> str:
    escaped = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def hledger(journal: Journal) -> Iterable[str]:
    """The lines of an hledger file."""
    names = journal.names
    yield f"; {_plain(journal.title)}"
    yield ""
    yield "commodity 1000.00 USD"
    yield "decimal-mark ."
    yield ""
    for name in (OPENING, EARLIER):
        yield f"account {name}"
    for account in journal.accounts:
        yield f"account {names[account.code]}  ; {_remark(account.name)}"
    if journal.begun_with:
        yield ""
        yield f"{journal.first} * Opening balances"
        for code, cents in journal.begun_with:
            yield f"    {names.get(code, code)}  {_amount(cents)}"
    for entry in journal.entries:
        yield from _hledger_entry(entry, names)
    yield ""
    yield f"{journal.last} * Balances as the books give them"
    for code, cents in journal.ended_with:
        yield f"    {names[code]}  0.00 USD = {_amount(cents)}"


def _hledger_entry(entry: JournalEntry, names: Mapping[str, str]) -> Iterable[str]:
    code = "" if entry.ticket_number is None else f"({entry.ticket_number}) "
    yield ""
    yield f"{entry.day} * {code}{_description(entry.place)} | {_description(entry.words)}"
    yield f"    ; entry:{entry.id}, made-at:{entry.made_at.isoformat(timespec='seconds')}"
    for posting in entry.postings:
        tags = [("category", posting.category), ("guest-group", posting.guest_group)]
        said = ", ".join(f"{key}:{_remark(value)}" for key, value in tags if value is not None)
        yield f"    {names[posting.account]}  {_amount(posting.cents)}{f'  ; {said}' if said else ''}"


def _description(text: str) -> str:
    """A semicolon would begin a comment, a bar would part payee and note."""
    return _plain(text).replace(";", ",").replace("|", "/")


def _remark(text: str) -> str:
    """A comma would end a tag; a colon would begin one."""
    return _plain(text).replace(",", " ").replace(":", " ").replace(";", " ")
