"""Every refusal and every failure as a page with the sentence and the next step."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import structlog
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send

from spa_pos.kernel.errors import Refusal, SignedOut
from spa_pos.ledger.queries import places
from spa_pos.people.pages.session import (
    DeviceUnknown,
    LobbyDevice,
    bare_shell,
    clock_of,
    cookie_names,
    desk_of,
    request_id,
    settings_of,
)
from spa_pos.web.answers import AnyRequest, Kept, html, keep_for_later, local_path, problem_of, see
from spa_pos.web.i18n import gettext as _
from spa_pos.web.language import is_for_guests, speak_as_asked
from spa_pos.web.said import said
from spa_pos.web.shell import Problem, Shell, Toast
from spa_pos.web.templates import render
from spa_pos.web.views import ErrorPage, GuestWord

log = structlog.get_logger()

TITLES = {
    401: "Signed out",
    403: "Not for you",
    404: "Not found",
    405: "Not possible",
    409: "Something changed",
    410: "No longer there",
    413: "Too large",
    415: "Not a form",
    422: "Cannot be read",
    429: "Too many tries",
    503: "Try again shortly",
}


Failing = TypeVar("Failing", bound=Exception)


class Later(Response[bytes]):
    """An answer that is made by a coroutine: Litestar calls its exception handlers without awaiting."""

    def __init__(self, request: AnyRequest, making: Coroutine[Any, Any, Response[Any]]) -> None:
        super().__init__(b"")
        self.request = request
        self.making = making

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> Any:
        """An ASGI application that waits for the answer, then is it."""

        async def send_when_made(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await self.making
            await answer.to_asgi_response(None, self.request)(scope, receive, send)

        return send_when_made


def awaited(
    handler: Callable[[AnyRequest, Failing], Coroutine[Any, Any, Response[Any]]],
) -> Callable[[AnyRequest, Failing], Response[Any]]:
    """An exception handler of Litestar's shape from one that may wait."""
    return lambda request, failure: Later(request, handler(request, failure))


async def on_refusal(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """A refusal without a page of its own; somebody who is signed out is led to the sign-in."""
    if isinstance(refusal, LobbyDevice):
        return see(request, "/check-in")
    if isinstance(refusal, SignedOut) and is_for_guests(request):
        return see(request, "/enrolment" if isinstance(refusal, DeviceUnknown) else "/me/sign-in")
    if isinstance(refusal, SignedOut):
        return _lead_to_sign_in(request, refusal)
    if is_for_guests(request):
        return await guest_word(request, refusal.status, said(refusal))
    return await _error_page(
        request, refusal.status, problem_of(refusal, next_href="/board", next_word="Board")
    )


def _lead_to_sign_in(request: AnyRequest, refusal: SignedOut) -> Response[Any]:
    settings = settings_of(request)
    if isinstance(refusal, DeviceUnknown):
        return see(request, "/enrolment")
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        back = _page_behind(request) if request.headers.get("hx-request") else request.url.path + query
        return see(request, f"/sign-in?next={quote(local_path(back))}")
    back = _page_behind(request)
    sentence = f"{refusal.sentence} What you typed is kept."
    answer = see(request, f"/sign-in?next={quote(back)}", toast=Toast(sentence), secret=settings.secret)
    fields = refusal.facts.get("fields")
    if isinstance(fields, dict):
        keep_for_later(answer, Kept(request.url.path, fields, back), settings.secret)
    return answer


def _page_behind(request: AnyRequest) -> str:
    """The page of ours that a request was sent from."""
    referer = urlsplit(request.headers.get("referer", ""))
    return local_path(referer.path + (f"?{referer.query}" if referer.query else ""))


async def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework refuses: no such page, wrong method, unreadable parameters."""
    status = 422 if error.status_code == 400 else error.status_code
    if status >= 500:
        return await on_failure(request, error)
    if is_for_guests(request):
        return await guest_word(request, status, _("Something in this link or form cannot be read."))
    if request.scope.get("route_handler") is None and not _is_our_device(request):
        speak_as_asked(request)
        return await guest_word(request, status, _("There is no such page. Begin with the links below."))
    sentences = {
        404: "There is no such page.",
        405: "That cannot be done this way.",
        422: "Something in this link or form cannot be read. Go back and choose again.",
    }
    sentence = sentences.get(status, "This cannot be done.")
    answer = await _error_page(request, status, Problem(f"http-{status}", sentence, "/board", "Board"))
    if error.headers:
        answer.headers.update(
            {name: value for name, value in error.headers.items() if name.lower() == "allow"}
        )
    return answer


def _is_our_device(request: AnyRequest) -> bool:
    """True for a browser that is enrolled: nobody else sees the staff's frame."""
    return cookie_names(settings_of(request))[0] in request.cookies


async def on_failure(request: AnyRequest, failure: Exception) -> Response[Any]:
    """A bug: logged with its trace under the request's id; the person gets the id and an apology."""
    log.error("request failed", path=request.url.path, exc_info=failure)
    if is_for_guests(request):
        return await guest_word(
            request, 500, _("Something went wrong on our side. Nothing was changed; try once more.")
        )
    sentence = "Something went wrong on our side. Nothing was changed; try once more."
    return await _error_page(request, 500, Problem("failure", sentence, "/board", "Board"))


async def guest_word(request: AnyRequest, status: int, sentence: str) -> Response[Any]:
    """A refusal or a failure on a page for guests, in their language; the sentence says what to do next."""
    titles = {
        403: _("Not possible"),
        404: _("Not found"),
        410: _("No longer here"),
        422: _("Please look once more"),
        429: _("Too many tries"),
    }
    title = titles.get(status, _("That did not work"))
    try:
        shell = bare_shell(settings_of(request), (await places())[0], request, clock_of(request)())
    except Exception as problem:  # noqa: BLE001 - the page about a failure must not fail
        log.warning("no location for the error page", problem=repr(problem))
        return Response(f"{title}. {sentence}", status_code=status, media_type="text/plain")
    return html(render("web/guest_word.html", GuestWord(title, sentence), shell), status=status)


async def _error_page(request: AnyRequest, status: int, problem: Problem) -> Response[Any]:
    shell = await _shell(request)
    title = TITLES.get(status, "Something went wrong")
    if shell is None:
        return Response(f"{title}. {problem.sentence}", status_code=status, media_type="text/plain")
    page = ErrorPage(status, title, problem, request_id(request))
    answer = html(render("web/error.html", page, shell), status=status)
    answer.headers["HX-Retarget"] = "body"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


async def _shell(request: AnyRequest) -> Shell | None:
    """The frame of the page that failed, as far as it can still be had."""
    try:
        if "route_handler" in request.scope:
            return await (await desk_of(request)).shell()
    except Refusal:
        pass
    except Exception as problem:  # noqa: BLE001 - the page about a failure must not fail
        log.warning("no frame for the error page", problem=repr(problem))
    try:
        return bare_shell(settings_of(request), (await places())[0], request, clock_of(request)())
    except Exception as problem:  # noqa: BLE001 - the page about a failure must not fail
        log.warning("no location for the error page", problem=repr(problem))
        return None
