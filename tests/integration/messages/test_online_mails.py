"""Booking online and the mail server: codes and confirmations arrive, or nothing is lost without them."""

from email.message import EmailMessage

from spa_pos.db import fetch_value
from tests.integration.booking.online import choose, say, telephone, type_code
from tests.integration.messages.conftest import Post
from tests.mailbox import events_of


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_a_stranger_is_mailed_a_code_and_then_an_invitation(post: Post) -> None:
    async with telephone(post.spa) as phone:
        phone.browser.headers["accept-language"] = "es"
        await choose(phone)
        await say(phone)
        await post.deliver()
        (code,) = post.box.mails()
        assert code["To"] == "ida@example.org"
        assert "Ida" not in text_of(code) and "Swedish" not in text_of(code)
        await type_code(phone)
        page = await phone.send("/book/confirm")
        assert "Su visita está reservada" in page.words
        await post.deliver(minutes=2)
    mail = post.box.mails()[-1]
    assert str(mail["Subject"]).startswith("Su visita está reservada")
    assert len(events_of(mail)) == 1
    assert "Swedish" not in text_of(mail) and "Masaje" not in text_of(mail), "nothing says what for"


async def test_the_mail_server_is_down_and_the_visit_stands(post: Post) -> None:
    async with telephone(post.spa) as phone:
        await choose(phone)
        await say(phone)
        post.box.stop()
        await post.deliver()
        page = await phone.open("/book/code")
        assert page.status == 200 and "A mail with six digits is on its way" in page.words
        await type_code(phone)
        page = await phone.send("/book/confirm")
        assert page.path == "/book/done"
        assert "If it does not come, your visit is booked all the same." in page.words
        await post.deliver(minutes=2)
        state = "SELECT status FROM message WHERE kind = 'confirmation'"
        assert await fetch_value(state) == "queued", "it is tried again"
        post.box.start()
        await post.deliver(minutes=10)
        assert await fetch_value(state) == "sent"
    assert await fetch_value("SELECT status FROM appointment") == "booked"


async def test_who_wants_no_mail_gets_the_code_alone(post: Post) -> None:
    async with telephone(post.spa) as phone:
        await choose(phone)
        page = phone.page
        person = {"given_name": "Ida", "family_name": "Moen", "phone": "507 555 0142"}
        page = await phone.send("/book/you", email="ida@example.org", **person)
        await type_code(phone)
        page = await phone.send("/book/confirm")
        assert "We write no mail, as you wanted." in page.words
        await post.deliver(minutes=2)
    assert await fetch_value("SELECT count(*) FROM message WHERE kind <> 'code'") == 0


async def test_the_link_of_the_code_leads_back_to_the_booking(post: Post) -> None:
    async with telephone(post.spa) as phone:
        await choose(phone)
        await say(phone)
        await post.deliver()
        link = text_of(post.box.mails()[-1]).partition("/me/enter/")[2].split()[0]
        page = await phone.open(f"/me/enter/{link}")
        page = await phone.send(f"/me/enter/{link}")
        assert page.path == "/book/confirm", page.words
