"""The door for events of the card processor: verify, keep, answer; the work is done by a job."""

from litestar import Response, Router, post

from spa_pos.kernel.errors import Refusal
from spa_pos.payments.actions import receive_event
from spa_pos.payments.stripe_gateway import StripeWebhooks
from spa_pos.people.pages.session import PUBLIC, clock_of
from spa_pos.web.answers import AnyRequest


def _word(text: str, status: int) -> Response[str]:
    return Response(text, status_code=status, media_type="text/plain")


@post("/webhooks/stripe", opt=dict(PUBLIC), status_code=200)
async def hear(request: AnyRequest) -> Response[str]:
    """Keep what Stripe signed; anything else changes nothing. Stripe sends again what is not answered 2xx."""
    webhooks: StripeWebhooks | None = request.app.state["webhooks"]
    if webhooks is None:
        return _word("webhooks are not set up here", 404)
    try:
        event = webhooks.verified(await request.body(), request.headers.get("stripe-signature"))
        new = await receive_event(event, clock_of(request)())
    except Refusal as refusal:
        return _word(refusal.code, 400 if refusal.status == 422 else refusal.status)
    return _word("kept" if new else "known", 200)


router = Router("/", route_handlers=[hear])
