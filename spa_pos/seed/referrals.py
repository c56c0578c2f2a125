"""Written referrals of some sample patients; their pages say that they are invented."""

from datetime import datetime, timedelta

from spa_pos.care.actions import accept_referral
from spa_pos.care.rules import Said
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.seed.guests import DemoGuest
from spa_pos.seed.house import House

SIGNED = (
    ("Dr. Sample Strand", "physician", "MD 00001"),
    ("Sample Eze", "physical-therapist", "PT 00002"),
    ("Dr. Sample Lund", "chiropractor", "DC 00003"),
)


def sample_page(name: str, credential: str) -> bytes:
    """A page that nobody takes for a real one."""
    from fpdf import FPDF  # half a second, and only the demo needs it here

    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=16)
    page.multi_cell(0, 10, f"SAMPLE, INVENTED\n\nReferral for massage\n\nSigned: {name}, {credential}")
    return bytes(page.output())


async def add_referrals(house: House, guests: list[DemoGuest], *, now: datetime, history_days: int) -> int:
    """Store a referral for a few patients, from before the past begins; gives how many."""
    at = now - timedelta(days=history_days, hours=1)
    written = local_date(at, house.zone) - timedelta(days=3)
    patients = [one for one in guests if one.group == "patient"]
    for one, (name, profession, credential) in zip(patients, SIGNED, strict=False):
        await accept_referral(
            actor=house.desk[0],
            referral_id=uuid7(at),
            guest_id=one.id,
            said=Said(profession, name, credential, written, None, for_treatment=True),
            scan=sample_page(name, credential),
            now=at,
        )
    return min(len(patients), len(SIGNED))
