"""A referral at the desk over HTTP: stored with its page, used at checkout, in the report."""

import csv
import io
from uuid import UUID

from spa_pos.care.queries import referrals_of
from spa_pos.db import fetch_value
from tests.cast import ADDRESS, Kiosk, Page, Spa
from tests.referrals import PAGE, stored
from tests.sale import Sale, renata

FORM = {
    "professional": "Dr. Helen Strand",
    "profession": "physician",
    "licence": "MD 12345",
    "written_on": "2026-10-25",
    "for_treatment": "yes",
}


async def send_page(kiosk: Kiosk, guest_id: UUID, content: bytes, **changed: str) -> Page:
    """Send the form on the page with a file."""
    fields = kiosk.page.form("/referrals") | FORM | changed
    answer = await kiosk.browser.post(
        f"/guests/{guest_id}/referrals",
        data=fields,
        files={"scan": ("page.pdf", content, "text/html")},
        headers={"origin": ADDRESS},
        follow_redirects=True,
    )
    kiosk.page = Page(answer.status_code, answer.text, answer.url.raw_path.decode(), answer.headers)
    return kiosk.page


async def test_a_referral_is_stored_from_the_ticket_and_frees_the_massage(spa: Spa) -> None:
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    line = (await sale.now()).lines[0].id
    kiosk = await spa.kiosk()
    page = await kiosk.open(f"/tickets/{sale.ticket_id}?step=reduce&line={line}")
    assert "No written referral is stored." in page.words
    await kiosk.open(f"/guests/{guest_id}/referrals?ticket={sale.ticket_id}&line={line}")
    page = await send_page(kiosk, guest_id, PAGE)
    assert page.path == f"/tickets/{sale.ticket_id}?step=reduce&line={line}"
    assert "Exempt: referral of Dr. Helen Strand, MD 12345" in page.words
    page = await kiosk.send("/exemptions")
    assert "Exempt from tax: written referral of Dr. Helen Strand, MD 12345" in page.words
    assert await sale.remaining() == 12_000
    await kiosk.open(f"/tickets/{sale.ticket_id}?step=reduce&line={line}")
    await kiosk.send("/exemptions/removal")
    assert await sale.remaining() == 12_975


async def test_what_is_no_proof_comes_back_with_a_sentence_and_stores_nothing(spa: Spa) -> None:
    guest_id = await spa.guest()
    kiosk = await spa.kiosk()
    for content, changed, code in (
        (b"", {}, "scan-missing"),
        (b"<script>alert(1)</script>", {}, "scan-unreadable"),
        (PAGE, {"for_treatment": ""}, "treatment-missing"),
        (PAGE, {"written_on": "yesterday"}, "date-unreadable"),
        (PAGE, {"written_on": "2027-01-01"}, "written-later"),
        (PAGE, {"profession": "x"}, "profession-unknown"),
    ):
        await kiosk.open(f"/guests/{guest_id}/referrals")
        page = await send_page(kiosk, guest_id, content, **changed)
        assert (page.status, page.problem) == (422, code)
        assert 'value="Dr. Helen Strand"' in page.text
    await kiosk.open(f"/guests/{guest_id}/referrals")
    page = await send_page(kiosk, guest_id, PAGE + b"\n" * (5 * 1024 * 1024))
    assert page.status == 413
    assert await referrals_of(guest_id, spa.house.location_id) == []


async def test_the_same_form_twice_stores_one_referral(spa: Spa) -> None:
    guest_id = await spa.guest()
    kiosk = await spa.kiosk()
    form = await kiosk.open(f"/guests/{guest_id}/referrals")
    for _ in range(2):
        kiosk.page = form
        await send_page(kiosk, guest_id, PAGE)
    (found,) = await referrals_of(guest_id, spa.house.location_id)
    assert (found.who, found.valid_until.isoformat()) == ("Dr. Helen Strand, MD 12345", "2027-10-25")


async def test_a_page_is_seen_by_managers_and_who_accepted_it_and_every_look_is_kept(spa: Spa) -> None:
    guest_id = await spa.guest()
    kiosk = await spa.kiosk()
    await kiosk.open(f"/guests/{guest_id}/referrals")
    await send_page(kiosk, guest_id, PAGE)
    (found,) = await referrals_of(guest_id, spa.house.location_id)
    answer = await kiosk.browser.get(f"/referrals/{found.id}/page")
    assert (answer.content, answer.headers["content-type"]) == (PAGE, "application/pdf")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    other = await stored(spa, guest_id, by=await renata(spa))
    looks = "SELECT count(*) FROM audit_event WHERE verb = 'looked at a referral''s page'"
    assert await fetch_value(looks) == 1
    assert (await kiosk.browser.get(f"/referrals/{other}/page")).status_code == 403
    boss = await spa.kiosk(person="Renata Silva", name="Office")
    assert (await boss.browser.get(f"/referrals/{other}/page")).status_code == 200
    assert await fetch_value(looks) == 2
    assert (await boss.browser.get(f"/referrals/{guest_id}/page")).status_code == 404


async def test_the_report_names_the_proof_and_what_was_not_taxed(spa: Spa) -> None:
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    line = (await sale.now()).lines[0].id
    await stored(spa, guest_id)
    kiosk = await spa.kiosk(person="Renata Silva")
    await kiosk.open(f"/tickets/{sale.ticket_id}?step=reduce&line={line}")
    await kiosk.send("/exemptions")
    await kiosk.open(f"/tickets/{sale.ticket_id}")
    await kiosk.send(f"/tickets/{sale.ticket_id}/tenders", given="120.00")
    page = await kiosk.open("/reports/exemptions")
    assert "Dr. Helen Strand, MD 12345" in page.words
    assert "Written referral $120.00 $9.75" in page.words
    answer = await kiosk.browser.get("/reports/exemptions.csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Net"], row["Tax not charged"], row["Referred by"]) == (
        "120.00",
        "9.75",
        "Dr. Helen Strand, MD 12345",
    )
    page = await kiosk.open(f"/tickets/{sale.ticket_id}/receipt")
    assert "No sales tax: written referral on file" in page.words
    await kiosk.open("/reports/exemptions?from=2026-12-01&to=2026-11-01")
    assert kiosk.page.problem == "dates-turned"


async def test_facility_treatment_is_switched_on_by_a_manager_and_owes_minnesotacare(spa: Spa) -> None:
    sale = await Sale.open(spa, await spa.guest())
    line = (await sale.now()).lines[0].id
    kiosk = await spa.kiosk(person="Renata Silva")
    for since, rate, code in (
        ("2026-11-24", "a lot", "rate-unreadable"),
        ("2026-11-24", "nan", "rate-unreadable"),
        ("2026-11-24", "11", "rate-unreadable"),
        ("2026-11-23", "1.8", "day-past"),
        ("", "1.8", "day-past"),
        ("soon", "1.8", "date-unreadable"),
    ):
        await kiosk.open("/reports/exemptions")
        await kiosk.send("/treatment", since=since, rate=rate, allowed="yes")
        assert kiosk.page.problem == code
    await kiosk.open("/reports/exemptions")
    await kiosk.send("/treatment", since="2026-11-24", rate="1.8", allowed="yes")
    assert "Used since 24 November 2026" in kiosk.page.words
    await kiosk.open(f"/tickets/{sale.ticket_id}?step=reduce&line={line}")
    await kiosk.send("/exemptions")
    await kiosk.open(f"/tickets/{sale.ticket_id}")
    await kiosk.send(f"/tickets/{sale.ticket_id}/tenders", given="120.00")
    page = await kiosk.open("/reports/exemptions")
    assert "Provider tax on it $2.16" in page.words
    assert "MinnesotaCare" not in (await kiosk.open(f"/tickets/{sale.ticket_id}/receipt")).words
