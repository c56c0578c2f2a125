"""What was sold exempt from sales tax by proof, and what went back of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.kernel.money import Cents, percent_of


@dataclass(frozen=True, slots=True)
class ExemptRow:
    """One line sold exempt, or what was given back of one, on its own day and below zero."""

    day: date
    ticket_id: UUID
    ticket_number: int
    refund_id: UUID | None
    description: str
    guest_name: str
    service_day: date
    tax_treatment: str
    referral_id: UUID | None
    referral_words: str | None
    written_on: date | None
    valid_until: date | None
    accepted_by: str | None
    net_cents: Cents
    rate_ppm: int
    care_tax_ppm: int

    @property
    def untaxed_cents(self) -> Cents:
        """The sales tax that a taxable line would have had by itself, half up."""
        sign = -1 if self.net_cents < 0 else 1
        return Cents(sign * percent_of(Cents(abs(self.net_cents)), self.rate_ppm))


_EXEMPT = """
WITH moved AS (
    SELECT t.business_date AS day, l.id AS line, NULL::uuid AS refund, l.net_cents
    FROM ticket_line l JOIN ticket t ON t.id = l.ticket
    WHERE t.location = $1 AND t.business_date BETWEEN $2 AND $3 AND l.status = 'live'
    AND l.tax_treatment IN ('exempt-written-referral', 'exempt-facility-treatment')
    UNION ALL
    SELECT r.business_date, x.line, r.id, -x.net_cents
    FROM refund r JOIN refund_line x ON x.refund = r.id JOIN ticket_line l ON l.id = x.line
    WHERE r.location = $1 AND r.status = 'done' AND r.business_date BETWEEN $2 AND $3
    AND l.tax_treatment IN ('exempt-written-referral', 'exempt-facility-treatment')
)
SELECT m.day, t.id AS ticket_id, t.number AS ticket_number, m.refund AS refund_id, l.description,
    g.given_name || ' ' || g.family_name AS guest_name, v.service_day, l.tax_treatment,
    l.referral AS referral_id, f.professional || ', ' || f.licence AS referral_words, f.written_on,
    f.valid_until, a.name AS accepted_by, m.net_cents,
    coalesce((SELECT sum(rate_ppm) FROM (SELECT DISTINCT ON (jurisdiction) rate_ppm FROM tax_rate
        WHERE location = $1 AND valid_from <= t.business_date
        ORDER BY jurisdiction, valid_from DESC) r), 0)::int AS rate_ppm,
    CASE WHEN l.referral IS NULL THEN coalesce((SELECT care_tax_ppm FROM treatment_terms
        WHERE location = $1 AND valid_from <= v.service_day
        ORDER BY valid_from DESC, set_at DESC LIMIT 1), 0) ELSE 0 END AS care_tax_ppm
FROM moved m JOIN ticket_line l ON l.id = m.line JOIN ticket t ON t.id = l.ticket
JOIN served_line v ON v.line = l.id JOIN guest g ON g.id = v.guest
LEFT JOIN referral f ON f.id = l.referral LEFT JOIN staff a ON a.id = f.accepted_by
ORDER BY m.day, t.number, l.position
LIMIT $4
"""


async def exempt_rows(location_id: UUID, first: date, last: date, *, limit: int) -> list[ExemptRow]:
    """Everything sold exempt by proof in a period, both days included, and what went back of such lines."""
    rows = await fetch(_EXEMPT, location_id, first, last, limit)
    return [ExemptRow(**dict(row)) for row in rows]
