"""A gift card from its sale to the mailbox, opened, spent; and all the ways in which it is called off."""

import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from spa_pos.checkout.actions import add_gift_card, open_ticket, take_cash
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.messages.actions import requeue, set_consent
from spa_pos.messages.rules import Channel, gift_token, receipt_token
from spa_pos.stored_value.actions import (
    give_code,
    import_cards,
    issue_promotional_card,
    replace_card,
    send_gift_card,
    take_back,
    try_code,
)
from spa_pos.stored_value.queries import deliveries_of, holding
from spa_pos.stored_value.rules import Gift, code_hash, gift_code, grouped, last_four
from spa_pos.verify import verify
from tests.builders import sale_of
from tests.cast import ADDRESS, SECRET, Spa
from tests.integration.messages.conftest import Post
from tests.integration.messages.test_guest_pages import stranger
from tests.integration.messages.test_receipts import words_of
from tests.value import Till

PAT = "pat@example.org"


async def sold(spa: Spa, *, email: str = PAT, send_on: date | None = None, **wish: Any) -> tuple[UUID, UUID]:
    """A ticket with a gift card of $50.00, paid in cash; the ticket and the card."""
    ticket_id, card_id = uuid4(), uuid4()
    await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=None, now=spa.clock.now)
    asked = {"recipient": "Pat", "message": "With love", "giver": "Mary"} | wish
    await add_gift_card(
        spa.maya,
        ticket_id=ticket_id,
        line_id=uuid4(),
        card_id=card_id,
        amount_cents=Cents(5_000),
        version=1,
        approval_id=None,
        email=email,
        send_on=send_on,
        now=spa.clock.now,
        **asked,
    )
    version = (await sale_of(spa, ticket_id)).head.version
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=None,
        version=version,
        now=spa.clock.now,
    )
    return ticket_id, card_id


async def path_of(card_id: UUID) -> str:
    return f"/gifts/{gift_token(SECRET, (await deliveries_of(card_id))[0].id)}"


async def code_in(card_id: UUID) -> str:
    """The code that the latest link of a card stands for."""
    return gift_code(SECRET, (await deliveries_of(card_id))[0].id)


async def pays(spa: Spa, code: str) -> UUID | None:
    return await try_code(
        spa.maya, code_hash=code_hash(code, SECRET), network=str(uuid4())[:40], now=spa.clock.now
    )


async def all_is_well() -> None:
    assert [(one.name, one.problems) for one in await verify() if one.problems] == []


async def test_a_gift_reaches_the_mailbox_is_opened_and_pays(post: Post) -> None:
    spa = post.spa
    _, card_id = await sold(spa)
    code = await code_in(card_id)
    assert await post.deliver() == 1
    (mail,) = post.box.mails()
    assert (mail["To"], mail["Subject"]) == (PAT, "A gift for you · Rejuvenate Spa")
    plain = mail.get_body(("plain",))
    assert plain is not None
    body = plain.get_content()
    assert "Mary has a gift card for you." in body and "Dear Pat," in body
    for secret in ("$", "50.00", "love", code, grouped(code), code[-4:]):
        assert secret not in body, secret
    found = re.search(rf"{re.escape(ADDRESS)}(/gifts/\S+)", body)
    assert found
    async with stranger(spa) as owner:
        wrapped = await owner.get(found[1])
        assert "Open it" in wrapped.text and "Mary" in wrapped.text
        assert grouped(code) not in wrapped.text and "$" not in wrapped.text
        assert (await owner.get(f"{found[1]}/card.pdf")).status_code == 404
        assert await pays(spa, code) is None, "looking is not opening"
        for _ in range(2):
            opened = await owner.post(f"{found[1]}/opening", follow_redirects=True)
        assert grouped(code) in opened.text and "$50.00" in opened.text and "With love" in opened.text
        assert opened.headers["x-robots-tag"] == "noindex" and "<script" not in opened.text
        pdf = await owner.get(f"{found[1]}/card.pdf")
    assert await pays(spa, code) == card_id
    text = words_of(pdf.content)
    for words in ("Gift card", "For Pat", "$50.00", "With love", grouped(code), "No expiry, no fees."):
        assert words in text, words
    assert len(PdfReader(io.BytesIO(pdf.content)).pages) == 1
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'opened a gift'") == 1
    await all_is_well()


async def test_neither_code_nor_link_stands_anywhere_in_the_database(post: Post) -> None:
    _, card_id = await sold(post.spa)
    code, path = await code_in(card_id), await path_of(card_id)
    await post.deliver()
    async with stranger(post.spa) as owner:
        await owner.post(f"{path}/opening")
    tables = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for row in tables:
        everything = await fetch_value(
            f"SELECT coalesce(string_agg(to_jsonb(one)::text, ' '), '') FROM \"{row['tablename']}\" one"
        )
        for secret in (code, grouped(code), path.rpartition("/")[2]):
            assert secret not in everything, row["tablename"]
    kept = await fetch_value("SELECT text FROM message WHERE kind = 'gift'")
    assert "/gifts/…" in kept


async def test_a_gift_waits_for_the_morning_of_its_day(post: Post) -> None:
    spa = post.spa
    today = spa.clock.now.date()
    _, card_id = await sold(spa, send_on=today + timedelta(days=3))
    assert await post.deliver(hours=1) == 0
    desk = await spa.kiosk()
    assert "Waiting for its day" in (await desk.open(f"/gift-cards/{card_id}")).text
    assert await post.deliver(days=2, hours=20) == 0
    assert await post.deliver(hours=4) == 1
    assert len(post.box.mails()) == 1


async def test_a_card_that_is_refunded_before_its_day_is_not_sent_nor_can_be(post: Post) -> None:
    spa = post.spa
    ticket_id, card_id = await sold(spa, send_on=spa.clock.now.date() + timedelta(days=3))
    await Till(spa)(
        take_back,
        by=spa.renata,
        take_back_id=uuid4(),
        holding_id=card_id,
        ticket_id=ticket_id,
        amount_cents=Cents(5_000),
        reason="Changed their mind",
    )
    assert (await holding(card_id)).paid_cents == 0
    assert await post.deliver(days=4) == 0
    message = await fetch_value("SELECT id FROM message WHERE kind = 'gift'")
    with pytest.raises(Conflict) as refused:
        await requeue(message, spa.house.location_id, now=spa.clock.now)
    assert refused.value.code == "message-too-late"
    await all_is_well()


async def test_nothing_is_sent_for_a_ticket_that_is_never_paid(post: Post) -> None:
    spa = post.spa
    ticket_id = uuid4()
    await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=None, now=spa.clock.now)
    await add_gift_card(
        spa.maya,
        ticket_id=ticket_id,
        line_id=uuid4(),
        card_id=uuid4(),
        amount_cents=Cents(5_000),
        recipient="Pat",
        message="",
        email=PAT,
        version=1,
        approval_id=None,
        now=spa.clock.now,
    )
    assert await post.deliver(days=1) == 0
    assert await fetch_value("SELECT count(*) FROM gift_delivery") == 0


async def test_printing_sending_anew_or_replacing_a_card_ends_the_link(spa: Spa) -> None:
    _, printed = await sold(spa)
    old = await path_of(printed)
    await give_code(spa.maya, card_id=printed, code_hash="a" * 64, last4="AAAA", now=spa.clock.now)
    _, anew = await sold(spa)
    first = await path_of(anew)
    gift = Gift("kim@example.org", "Kim", "Mary", "", None)
    await send_gift_card(spa.maya, delivery_id=uuid4(), card_id=anew, gift=gift, now=spa.clock.now)
    _, lost = await sold(spa)
    third = await path_of(lost)
    await replace_card(
        spa.renata,
        replacement_id=uuid4(),
        card_id=lost,
        new_card_id=uuid4(),
        reason="Lost",
        now=spa.clock.now,
    )
    async with stranger(spa) as owner:
        for path in (old, first, third):
            assert (await owner.get(path)).status_code == 410
            assert (await owner.post(f"{path}/opening")).status_code == 410
        assert (await owner.get(await path_of(anew))).status_code == 200
    waiting = await fetch("SELECT address FROM message WHERE status = 'queued'")
    assert [row["address"] for row in waiting] == ["kim@example.org"]
    await all_is_well()


async def test_an_opened_gift_is_taken_from_its_owner_by_a_manager_alone(spa: Spa) -> None:
    _, card_id = await sold(spa)
    async with stranger(spa) as owner:
        await owner.post(f"{await path_of(card_id)}/opening")
    gift = Gift("kim@example.org", "", "", "", None)
    with pytest.raises(NotAllowed):
        await give_code(spa.maya, card_id=card_id, code_hash="a" * 64, last4="AAAA", now=spa.clock.now)
    with pytest.raises(NotAllowed):
        await send_gift_card(spa.maya, delivery_id=uuid4(), card_id=card_id, gift=gift, now=spa.clock.now)
    code = await code_in(card_id)
    assert await pays(spa, code) == card_id
    await send_gift_card(spa.renata, delivery_id=uuid4(), card_id=card_id, gift=gift, now=spa.clock.now)
    assert await pays(spa, code) is None


async def test_a_link_that_is_not_ours_opens_nothing(spa: Spa) -> None:
    _, card_id = await sold(spa)
    delivery_id = (await deliveries_of(card_id))[0].id
    other = "another secret, just as long as ours"
    tokens = ("x", str(delivery_id), gift_token(other, delivery_id), receipt_token(SECRET, delivery_id))
    for token in (*tokens, gift_token(SECRET, card_id)):
        async with stranger(spa) as owner:
            assert (await owner.get(f"/gifts/{token}")).status_code == 404
            assert (await owner.post(f"/gifts/{token}/opening")).status_code == 404
            assert (await owner.get(f"/gifts/{token}/card.pdf")).status_code == 404
    assert (await holding(card_id)).code_made_at is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"email": "pat@"}, "email-unreadable"),
        ({"email": "", "send_on": date(2026, 12, 24)}, "email-missing"),
        ({"send_on": date(2026, 11, 23)}, "gift-day-over"),
        ({"send_on": date(2028, 1, 1)}, "gift-day-too-far"),
    ],
)
async def test_what_cannot_be_sent_is_not_put_on_the_ticket(spa: Spa, typed: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await sold(spa, **typed)
    assert refused.value.code == code
    assert await fetch_value("SELECT count(*) FROM ticket_line") == 0


async def test_who_said_stop_gets_no_gift_by_mail_and_the_sale_is_not_lost(post: Post) -> None:
    spa = post.spa

    async def stop() -> None:
        asked = {"given": False, "by": "Pat", "source": "link", "now": spa.clock.now}
        await set_consent(Channel.EMAIL, PAT, **asked)

    await sold(spa)
    await stop()
    assert await post.deliver() == 0
    with pytest.raises(Conflict) as refused:
        await sold(spa)
    assert refused.value.code == "messages-stopped"


async def test_a_printed_card_is_handed_over_and_an_empty_one_is_not_sent(spa: Spa) -> None:
    code = "ABCDEFGHJKMNPQRS2345"
    await import_cards(
        spa.renata, rows=[["code"], [code]], batch="x", secret=SECRET, dry_run=False, now=spa.clock.now
    )
    plastic = await fetch_value("SELECT id FROM holding WHERE batch = 'x'")
    ticket_id = uuid4()
    await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=None, now=spa.clock.now)
    asked = {"recipient": "", "message": "", "version": 1, "approval_id": None, "now": spa.clock.now}
    with pytest.raises(Conflict) as refused:
        await add_gift_card(
            spa.maya,
            ticket_id=ticket_id,
            line_id=uuid4(),
            card_id=plastic,
            amount_cents=Cents(5_000),
            email=PAT,
            **asked,
        )
    assert refused.value.code == "card-is-plastic"
    with pytest.raises(NotFound):
        await send_gift_card(
            spa.maya,
            delivery_id=uuid4(),
            card_id=uuid4(),
            gift=Gift(PAT, "", "", "", None),
            now=spa.clock.now,
        )


async def test_the_desk_sells_and_sends_and_sees_what_became_of_it(post: Post) -> None:
    spa = post.spa
    desk = await spa.kiosk()
    await desk.open("/tickets")
    await desk.send("/tickets")
    ticket = desk.page.path.removeprefix("/tickets/")
    await desk.open(f"/tickets/{ticket}?step=add")
    typed = {"amount": "50.00", "recipient": "Pat", "message": "With love", "giver": "Mary"}
    page = await desk.send("/card-lines", **typed, email="pat@", send_on="")
    assert page.problem == "email-unreadable"
    card = page.form("/card-lines")["card"]
    page = await desk.send("/card-lines", **typed, email=PAT, send_on="2026-12-24")
    assert "to p•••@example.org on Dec 24, 2026" in page.text
    await desk.open(f"/tickets/{ticket}")
    await desk.send("/tenders")
    page = await desk.open(f"/gift-cards/{card}")
    assert "Pat, p•••@example.org" in page.words and "Waiting for its day" in page.words
    page = await desk.send(f"/gift-cards/{card}/deliveries", email="", recipient="Pat")
    assert page.problem == "email-missing"
    page = await desk.send(f"/gift-cards/{card}/deliveries", email="kim@example.org", recipient="Kim")
    assert "The gift goes to kim@example.org." in page.text
    assert "Link ended" in page.text
    assert await post.deliver() == 1
    assert [mail["To"] for mail in post.box.mails()] == ["kim@example.org"]
    page = await desk.open("/messages")
    assert "Gift card" in page.text and "By address alone" in page.text


async def test_a_card_can_be_had_as_a_pdf_at_the_desk_and_its_code_pays(spa: Spa) -> None:
    _, card_id = await sold(spa, email="")
    desk = await spa.kiosk()
    page = await desk.open(f"/gift-cards/{card_id}")
    fields = page.form(f"/gift-cards/{card_id}/print") | {"as": "pdf"}
    answer = await desk.browser.post(f"/gift-cards/{card_id}/print", data=fields, headers={"origin": ADDRESS})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    shown = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]", words_of(answer.content))
    assert shown
    assert await pays(spa, shown[0].replace("-", "")) == card_id
    assert last_four(shown[0].replace("-", "")) == (await holding(card_id)).last4


async def test_a_card_we_give_away_can_be_sent_too_and_says_when_it_ends(post: Post) -> None:
    spa = post.spa
    card_id = uuid4()
    await issue_promotional_card(
        spa.renata,
        issue_id=uuid4(),
        card_id=card_id,
        amount_cents=Cents(2_500),
        until=date(2027, 1, 31),
        recipient="Kim",
        reason="Thanks",
        now=spa.clock.now,
    )
    gift = Gift("kim@example.org", "Kim", "Rejuvenate Spa", "", None)
    await send_gift_card(spa.maya, delivery_id=uuid4(), card_id=card_id, gift=gift, now=spa.clock.now)
    assert await post.deliver() == 1
    async with stranger(spa) as owner:
        opened = await owner.post(f"{await path_of(card_id)}/opening", follow_redirects=True)
    assert "valid until January 31, 2027" in opened.text
    assert "No expiry" not in opened.text
