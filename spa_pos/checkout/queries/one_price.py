"""What must hold of lines that were sold for one price."""

from spa_pos.db import fetch


async def broken_one_prices() -> list[str]:
    """Sales for one price whose lines do not add up to it, or are not all taxed or all untaxed as it says."""
    rows = await fetch(
        "SELECT t.number, o.name, s.price_cents, coalesce(sum(l.net_cents), 0)::bigint AS lines,"
        " bool_and((l.tax_treatment = 'taxable') = (s.taxable_cents * 10 > s.price_cents)) AS as_said"
        " FROM one_price_sale s JOIN ticket t ON t.id = s.ticket JOIN one_price o ON o.id = s.one_price"
        " LEFT JOIN ticket_line l ON l.one_price_sale = s.id AND l.ticket = s.ticket AND l.status = 'live'"
        " WHERE t.status <> 'voided' GROUP BY s.id, t.number, o.name"
        " HAVING coalesce(sum(l.net_cents), 0) <> s.price_cents"
        " OR bool_and((l.tax_treatment = 'taxable') = (s.taxable_cents * 10 > s.price_cents)) IS NOT TRUE"
    )
    return [
        f"{row['name']} on ticket {row['number']} is sold for {row['price_cents']}, its lines add up to"
        f" {row['lines']}" + ("" if row["as_said"] else " and their tax differs")
        for row in rows
    ]
