"""What must always hold of stored value, as SQL."""

from spa_pos.db import fetch
from spa_pos.stored_value.rules import FREE_ACCOUNTS, PAID_ACCOUNTS


async def broken_holdings() -> list[str]:
    """Cards, credits, deposits and packages whose balance is not the sum of their movements."""
    rows = await fetch(
        "SELECT h.id, h.kind, h.paid_cents, h.free_cents, coalesce(sum(m.paid_cents), 0)::bigint AS paid,"
        " coalesce(sum(m.free_cents), 0)::bigint AS free"
        " FROM holding h LEFT JOIN value_movement m ON m.holding = h.id GROUP BY h.id"
        " HAVING h.paid_cents <> coalesce(sum(m.paid_cents), 0)"
        " OR h.free_cents <> coalesce(sum(m.free_cents), 0)"
    )
    return [
        f"{row['kind']} {row['id']} has {row['paid_cents']} paid and {row['free_cents']} free cents,"
        f" its movements say {row['paid']} and {row['free']}"
        for row in rows
    ]


async def broken_liabilities() -> list[str]:
    """Liability accounts that are not the sum of what all holdings have."""
    accounts = [(account, kind.value, "paid_cents") for kind, account in PAID_ACCOUNTS.items()]
    accounts += [(account, kind.value, "free_cents") for kind, account in FREE_ACCOUNTS.items()]
    problems = []
    for account, kind, part in accounts:
        (row,) = await fetch(
            f"SELECT (SELECT coalesce(sum({part}), 0)::bigint FROM holding WHERE kind = $1) AS held,"  # noqa: S608 - own names
            " (SELECT coalesce(-sum(amount_cents), 0)::bigint FROM posting WHERE account = $2) AS booked,"
            " (SELECT coalesce(sum(b.net_cents), 0)::bigint FROM refund_line b JOIN refund r"
            "   ON r.id = b.refund AND r.status = 'open' JOIN ticket_line l ON l.id = b.line"
            "   AND l.account = $2) AS leaving",
            kind,
            account,
        )
        if row["held"] + row["leaving"] != row["booked"]:
            problems.append(
                f"account {account} owes {row['booked']} cents, guests hold {row['held']},"
                f" {row['leaving']} is on its way back to them"
            )
    return problems


async def broken_packages() -> list[str]:
    """Packages whose visits are not worth what is left of them, or not what their movements say."""
    rows = await fetch(
        "SELECT h.id, h.paid_cents, (SELECT coalesce(sum(left_cents), 0)::bigint FROM package_item i"
        "   WHERE i.holding = h.id) AS items, (SELECT coalesce(sum(visits_left), 0)::bigint"
        "   FROM package_item i WHERE i.holding = h.id) AS visits_left,"
        " (SELECT coalesce(sum(visits), 0)::bigint FROM value_movement m WHERE m.holding = h.id) AS visits"
        " FROM holding h WHERE h.kind = 'package'"
    )
    return [
        f"package {row['id']} is worth {row['paid_cents']} cents, its visits {row['items']};"
        f" {row['visits_left']} visits are left, its movements say {row['visits']}"
        for row in rows
        if row["paid_cents"] != row["items"] or row["visits_left"] != row["visits"]
    ]


async def broken_returns() -> list[str]:
    """Tenders of which more was given back than they took, in either part."""
    rows = await fetch(
        "SELECT t.id FROM value_movement t JOIN value_movement r ON r.undoes = t.id GROUP BY t.id"
        " HAVING t.kind <> 'redeemed' OR sum(r.paid_cents) > -t.paid_cents"
        " OR sum(r.free_cents) > -t.free_cents"
    )
    return [f"more was given back of tender {row['id']} than it took" for row in rows]
