"""Which language a guest is spoken to in: chosen here, known of them, or asked for by their browser."""

from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest

LANGUAGE_COOKIE = "spa_language"
A_YEAR = 365 * 86_400

FOR_GUESTS = "guest"
"""Route option `audience`: who reads the page, which decides its language and its frame."""


def chosen_language(request: AnyRequest) -> str | None:
    """The language that somebody chose on this browser."""
    tag = request.cookies.get(LANGUAGE_COOKIE, "")
    return tag if tag in i18n.LANGUAGES else None


def is_for_guests(request: AnyRequest) -> bool:
    """True for pages that guests read."""
    handler = request.scope.get("route_handler")
    return handler is not None and handler.opt.get("audience") == FOR_GUESTS


async def speak_to(request: AnyRequest) -> None:
    """Answer guests in their language; the staff's pages are in English."""
    if is_for_guests(request):
        speak_as_asked(request)


def speak_as_asked(request: AnyRequest) -> None:
    """The language that was chosen on this browser, or that it asks for."""
    i18n.speak(chosen_language(request) or i18n.preferred(request.headers.get("accept-language", "")))


def speak_as_known(request: AnyRequest, language: str | None) -> None:
    """The language that a guest is known to want counts, until this browser was told another one."""
    if language is not None and language in i18n.LANGUAGES and chosen_language(request) is None:
        i18n.speak(language)


def language_cookie(tag: str, *, secure: bool) -> Cookie:
    """Remembers a choice for a year; it also comes along when a link in a mail is followed."""
    return Cookie(
        key=LANGUAGE_COOKIE,
        value=tag,
        max_age=A_YEAR,
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
    )


class OneLanguageEach:
    """ASGI layer: whatever language a request is answered in ends with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        with i18n.in_locale("en"):
            await self.app(scope, receive, send)
