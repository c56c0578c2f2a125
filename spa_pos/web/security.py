"""Headers on every answer, whatever produced it, and the token that ties a form to its session."""

import hashlib
import hmac
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from spa_pos.kernel.errors import NotAllowed

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

CARD_PAGE_POLICY = (
    POLICY.replace("script-src 'self'", "script-src 'self' https://js.stripe.com").replace(
        "connect-src 'self'", "connect-src 'self' https://api.stripe.com"
    )
    + "; frame-src https://js.stripe.com https://hooks.stripe.com"
)
"""For the pages where a guest types a card into the processor's own element, and for no others."""

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
    (b"vary", b"HX-Request"),
)
TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def forget_cookie(scope: Scope, name: str) -> None:
    """Have the answer to this request take a cookie of ours away: it was shown, it has done its work."""
    scope["state"].setdefault("forget_cookies", set()).add(name)


class SecurityHeaders:
    """Outermost ASGI layer: Litestar's own hooks do not run for 404 and 405 (FRONTEND.md §1.3)."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.headers = (*HEADERS, TRANSPORT) if https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in self.headers if pair[0] not in given]
                if b"cache-control" not in given:
                    extra.append((b"cache-control", b"no-store"))
                extra += [
                    (b"set-cookie", f"{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict".encode())
                    for name in scope["state"].get("forget_cookies", ())
                ]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def csrf_token(secret: str, bound_to: str) -> str:
    """The token of one session (or, before sign-in, one device); another session's does not pass."""
    return hmac.new(secret.encode(), b"csrf:" + bound_to.encode(), hashlib.sha256).hexdigest()


def check_csrf(*, sent: str, secret: str, bound_to: str, headers: dict[str, str], base_url: str) -> None:
    """Refuse a write that did not come from our own page.

    Raises:
        NotAllowed: `form-foreign`.
    """
    refusal = NotAllowed("form-foreign", "This form is not ours or has grown old. Open the page again.")
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise refusal
    origin = headers.get("origin")
    if origin is not None:
        host = headers.get("host", "")
        if origin != base_url and urlsplit(origin).netloc != host:
            raise refusal
    good = csrf_token(secret, bound_to).encode()
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), good):
        raise refusal
