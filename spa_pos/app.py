"""The one place where capabilities, gateways, clock and answers to failures are joined."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

import structlog
from litestar import Litestar, Response, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Receive, Scope, Send

from spa_pos import clock
from spa_pos.booking.actions.online_pay import book_kept
from spa_pos.booking.api import router as booking_api
from spa_pos.booking.pages.blocks import router as booking_blocks
from spa_pos.booking.pages.desk import router as booking_desk
from spa_pos.booking.pages.guest import router as booking_guest
from spa_pos.booking.pages.guest_cancel import router as booking_guest_cancel
from spa_pos.booking.pages.guest_move import router as booking_guest_move
from spa_pos.booking.pages.live import router as booking_live
from spa_pos.booking.pages.lobby import router as booking_lobby
from spa_pos.booking.pages.online import router as booking_online
from spa_pos.booking.pages.online_confirm import router as booking_online_confirm
from spa_pos.booking.pages.online_wait import router as booking_online_wait
from spa_pos.booking.pages.online_when import router as booking_online_when
from spa_pos.booking.pages.online_you import router as booking_online_you
from spa_pos.booking.pages.pack import router as booking_pack
from spa_pos.booking.pages.parties import router as booking_parties
from spa_pos.booking.pages.schedule import router as booking_schedule
from spa_pos.booking.pages.visits import router as booking_visits
from spa_pos.booking.pages.waitlist import router as booking_waitlist
from spa_pos.booking.pages.walk_in import router as booking_walk_in
from spa_pos.booking.queries.waitlist import waiting_count
from spa_pos.care.pages.desk import router as care_desk
from spa_pos.catalog.pages.one_prices import router as catalog_one_prices
from spa_pos.catalog.pages.rates import router as catalog_rates
from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    DEPOSIT_PURPOSE,
    GIFT_PURPOSE,
    TIP_PURPOSE,
    record_paid_attempt,
    record_paid_deposit,
    record_paid_gift,
    record_paid_tip,
)
from spa_pos.checkout.flows import heard_of_refund
from spa_pos.checkout.pages.book_pay import router as checkout_book_pay
from spa_pos.checkout.pages.card_days import router as checkout_card_days
from spa_pos.checkout.pages.cards import router as checkout_cards
from spa_pos.checkout.pages.desk import router as checkout_desk
from spa_pos.checkout.pages.drawers import router as checkout_drawers
from spa_pos.checkout.pages.exchanges import router as checkout_exchanges
from spa_pos.checkout.pages.give import router as checkout_give
from spa_pos.checkout.pages.guest import router as checkout_guest
from spa_pos.checkout.pages.manager import router as checkout_manager
from spa_pos.checkout.pages.me import router as checkout_me
from spa_pos.checkout.pages.me_cards import router as checkout_me_cards
from spa_pos.checkout.pages.me_waits import router as checkout_me_waits
from spa_pos.checkout.pages.payer import router as checkout_payer
from spa_pos.checkout.pages.prices import router as checkout_prices
from spa_pos.checkout.pages.receipts import router as checkout_receipts
from spa_pos.checkout.pages.refund_policy import router as checkout_refund_policy
from spa_pos.checkout.pages.refund_slips import router as checkout_refund_slips
from spa_pos.checkout.pages.refunds import router as checkout_refunds
from spa_pos.checkout.pages.things import router as checkout_things
from spa_pos.checkout.pages.tips import router as checkout_tips
from spa_pos.checkout.pages.value import router as checkout_value
from spa_pos.checkout.pages.visit_pay import router as checkout_visit_pay
from spa_pos.checkout.pages.voids import router as checkout_voids
from spa_pos.db import fetch_value
from spa_pos.db.events import Broadcaster
from spa_pos.drawers.queries import forgotten_count
from spa_pos.kernel.errors import Refusal
from spa_pos.messages.flows import Outbox, Writer
from spa_pos.messages.gateways import LogOnlyMail, LogOnlyTexts, SmtpMail, TextGateway
from spa_pos.payments.flows import CardPayments, CardsOnFile, Inbox, Look
from spa_pos.payments.pages.desk import router as payments_desk
from spa_pos.payments.pages.webhooks import router as payments_webhooks
from spa_pos.payments.queries import StoredEvent, cards_to_look_at
from spa_pos.payments.stripe_gateway import StripeGateway, StripeWebhooks
from spa_pos.people.pages.consent import router as people_consent
from spa_pos.people.pages.desk import router as people_desk
from spa_pos.people.pages.guest_door import router as people_guest_door
from spa_pos.people.pages.language import router as people_language
from spa_pos.people.pages.outbox import router as people_outbox
from spa_pos.people.pages.problems import awaited, on_failure, on_http_error, on_refusal
from spa_pos.people.pages.session import EVERYBODY, PUBLIC, desk_of, only
from spa_pos.people.pages.stop import router as people_stop
from spa_pos.printing.flows import PrintQueue
from spa_pos.printing.pages.desk import router as printing_desk
from spa_pos.printing.queries import trouble_of
from spa_pos.reports.pages.books import router as reports_books
from spa_pos.reports.pages.bridge import router as reports_bridge
from spa_pos.reports.pages.exceptions import router as reports_exceptions
from spa_pos.reports.pages.exemptions import router as reports_exemptions
from spa_pos.reports.pages.manager import router as reports_manager
from spa_pos.reports.pages.performance import router as reports_performance
from spa_pos.reports.pages.staff_discounts import router as reports_staff_discounts
from spa_pos.reports.pages.tips import router as reports_tips
from spa_pos.settings import Settings
from spa_pos.stock.pages.lists import router as stock_lists
from spa_pos.stock.pages.products import router as stock_products
from spa_pos.stored_value.pages.balance import router as stored_value_balance
from spa_pos.stored_value.pages.desk import router as stored_value_desk
from spa_pos.stored_value.pages.gift import router as stored_value_gift
from spa_pos.stored_value.pages.manager import router as stored_value_manager
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.language import OneLanguageEach, speak_to
from spa_pos.web.live import NOT_COMPRESSED
from spa_pos.web.security import SecurityHeaders
from spa_pos.web.shell import Nav
from spa_pos.web.templates import BUILT, render
from spa_pos.web.views import STYLE_PAGE

ROUTERS = (
    people_desk,
    people_consent,
    people_guest_door,
    people_language,
    people_outbox,
    people_stop,
    printing_desk,
    payments_desk,
    payments_webhooks,
    booking_api,
    booking_blocks,
    booking_desk,
    booking_guest,
    booking_guest_cancel,
    booking_guest_move,
    booking_live,
    booking_lobby,
    booking_online,
    booking_online_when,
    booking_online_wait,
    booking_online_you,
    booking_online_confirm,
    booking_pack,
    booking_walk_in,
    booking_parties,
    booking_visits,
    booking_waitlist,
    booking_schedule,
    checkout_desk,
    care_desk,
    catalog_one_prices,
    catalog_rates,
    checkout_book_pay,
    checkout_cards,
    checkout_card_days,
    checkout_give,
    checkout_guest,
    checkout_receipts,
    checkout_drawers,
    checkout_refunds,
    checkout_exchanges,
    checkout_voids,
    checkout_refund_slips,
    checkout_manager,
    checkout_refund_policy,
    checkout_me,
    checkout_me_cards,
    checkout_me_waits,
    checkout_payer,
    checkout_prices,
    checkout_things,
    checkout_tips,
    checkout_value,
    checkout_visit_pay,
    reports_manager,
    reports_bridge,
    reports_exemptions,
    reports_books,
    reports_staff_discounts,
    reports_tips,
    reports_exceptions,
    reports_performance,
    stock_lists,
    stock_products,
    stored_value_balance,
    stored_value_desk,
    stored_value_gift,
    stored_value_manager,
)


BADGES = {
    Nav.WAITLIST: waiting_count,
    Nav.DRAWER: forgotten_count,
    Nav.SALES_DAY: cards_to_look_at,
}
"""What is counted beside a place in the header."""


@get("/healthz", opt=dict(PUBLIC))
async def healthz() -> Response[str]:
    """Answers when the database does; browsers ask every few seconds whether we are here."""
    await fetch_value("SELECT 1")
    return Response("ok", media_type="text/plain")


@get("/style", opt=only(*EVERYBODY))
async def style(request: AnyRequest) -> Response[str]:
    """Every component once."""
    desk = await desk_of(request)
    return html(render("web/style.html", STYLE_PAGE, await desk.shell()))


def processor(settings: Settings) -> StripeGateway | None:
    """The card processor of these settings, if there is one."""
    if settings.stripe_key is None:
        return None
    return StripeGateway(settings.stripe_key, api_base=settings.stripe_api_base)


def card_payments(gateway: StripeGateway | None) -> CardPayments | None:
    """How cards are taken; None without a processor."""
    if gateway is None:
        return None
    return CardPayments(
        gateway,
        {
            CARD_PURPOSE: record_paid_attempt,
            TIP_PURPOSE: record_paid_tip,
            DEPOSIT_PURPOSE: record_paid_deposit,
            GIFT_PURPOSE: record_paid_gift,
        },
    )


def cards_on_file(gateway: StripeGateway | None, settings: Settings) -> CardsOnFile | None:
    """How cards are kept; None without a processor."""
    if gateway is None:
        return None
    return CardsOnFile(gateway, publishable_key=settings.stripe_publishable_key, kept=book_kept)


def webhooks(settings: Settings) -> StripeWebhooks | None:
    """How events of the processor are read; None where none are taken."""
    if settings.stripe_key is None or settings.stripe_webhook_secret is None:
        return None
    return StripeWebhooks(settings.stripe_webhook_secret, live=settings.stripe_key.startswith("sk_live_"))


def outbox(settings: Settings, texts: TextGateway | None = None) -> Outbox:
    """How messages leave the house; without a mail server or a way for texts they stand in the log alone."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    writer = Writer(settings.base_url, settings.secret, settings.mail_from or ("", f"no-reply@{host}"))
    return Outbox(
        writer, SmtpMail(settings.smtp) if settings.smtp else LogOnlyMail(), texts or LogOnlyTexts()
    )


class RequestIds:
    """Gives every request an id, for the log, the audit trail and the apology page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, send)


def create_app(
    settings: Settings,
    *,
    cards: CardPayments | None = None,
    on_file: CardsOnFile | None = None,
    texts: TextGateway | None = None,
    clock: Callable[[], datetime] = clock.now,
) -> Litestar:
    """The service; the engine must be connected while it answers. Without `texts` those are only logged.

    Raises:
        RuntimeError: a route says nothing of who may ask it.
    """
    contents = contents_of(settings, cards=cards, on_file=on_file, texts=texts, clock=clock)
    news = cast(Broadcaster, contents["news"])

    app = Litestar(
        route_handlers=[
            *ROUTERS,
            healthz,
            style,
            create_static_files_router(
                path="/static",
                directories=[BUILT],
                cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
                opt=dict(PUBLIC),
            ),
        ],
        state=State(contents),
        lifespan=[lambda _app: news.running(), lambda _app: PrintQueue().running(clock)],
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1_000, exclude_opt_key=NOT_COMPRESSED
        ),
        before_request=speak_to,
        exception_handlers={
            Refusal: awaited(on_refusal),
            HTTPException: awaited(on_http_error),
            Exception: awaited(on_failure),
        },
        openapi_config=None,
        request_max_body_size=256 * 1024,
        logging_config=None,
        debug=False,
    )
    _refuse_open_doors(app)
    told_apart = OneLanguageEach(SecurityHeaders(app.asgi_handler, https=settings.secure_cookies))
    app.asgi_handler = RequestIds(told_apart)
    return app


def _inbox(cards: CardPayments | None, on_file: CardsOnFile | None) -> Inbox | None:
    """Who looks when the processor tells of something: refunds and kept cards beside payments."""
    if cards is None:
        return None

    async def refund(event: StoredEvent, now: datetime) -> bool:
        return await heard_of_refund(cards, event, now)

    looks: dict[str, Look] = {"refund": refund}
    return Inbox(cards, looks | ({"setup_intent": on_file.heard} if on_file else {}))


def contents_of(
    settings: Settings,
    *,
    cards: CardPayments | None = None,
    on_file: CardsOnFile | None = None,
    texts: TextGateway | None = None,
    clock: Callable[[], datetime] = clock.now,
) -> dict[str, object]:
    """What every handler finds in the state of the program."""
    gateway = None if cards else processor(settings)
    taking, keeping = cards or card_payments(gateway), on_file or cards_on_file(gateway, settings)
    return {
        "settings": settings,
        "cards": taking,
        "cards_on_file": keeping,
        "inbox": _inbox(taking, keeping),
        "webhooks": webhooks(settings),
        "clock": clock,
        "news": Broadcaster(),
        "badges": BADGES,
        "trouble": trouble_of,
        "outbox": outbox(settings, texts),
    }


def _refuse_open_doors(app: Litestar) -> None:
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]:
            about_methods = isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}
            if not about_methods and "who" not in handler.opt:
                raise RuntimeError(f"the route {route.path} says nothing of who may ask it")
