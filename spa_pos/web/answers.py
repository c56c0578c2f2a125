"""Answers to a browser: a page, a part of one, or where to go next with a word about what was done."""

import asyncio
import base64
import binascii
import functools
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from spa_pos.kernel.errors import Refusal
from spa_pos.web.security import forget_cookie
from spa_pos.web.shell import Problem, Toast

AnyRequest = Request[Any, Any, Any]

TOAST_COOKIE = "spa_toast"
RESUME_COOKIE = "spa_resume"
RESUME_SECONDS = 600
LONGEST_COOKIE = 3_800


def html(text: str, *, status: int = 200) -> Response[str]:
    """A page or a part."""
    return Response(text, media_type="text/html", status_code=status)


def part(text: str, *, status: int = 200) -> Response[str]:
    """The answer to a posted form, for htmx to swap in; the address bar stays where it is."""
    answer = html(text, status=status)
    answer.headers["HX-Push-Url"] = "false"
    return answer


async def pdf_answer(make: Callable[..., bytes], page: object, name: str, now: datetime) -> Response[Any]:
    """A document made beside the loop, to be looked at or kept."""
    content = await asyncio.to_thread(functools.partial(make, page, made_at=now))
    headers = {
        "content-disposition": f'inline; filename="{name}"',
        "cache-control": "no-store",
        "x-robots-tag": "noindex",
    }
    return Response(content, media_type="application/pdf", headers=headers)


def wants_part(request: AnyRequest) -> bool:
    """True when htmx asks to swap a part; decides the look of an answer, never a permission."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


def see(request: AnyRequest, path: str, *, toast: Toast | None = None, secret: str = "") -> Response[Any]:
    """Go and look at a page of ours: 303, or htmx's own redirect when htmx asked."""
    response: Response[Any]
    if request.headers.get("hx-request") == "true":
        response = Response("", status_code=200, headers={"HX-Redirect": path}, media_type="text/html")
    else:
        response = Redirect(path, status_code=303)
    if toast is not None:
        response.set_cookie(
            Cookie(
                key=TOAST_COOKIE,
                value=_sealed("toast", msgspec.json.encode(toast), secret),
                max_age=30,
                httponly=True,
                samesite="strict",
                path="/",
            )
        )
    return response


def _sealed(kind: str, payload: bytes, secret: str) -> str:
    seal = hmac.new(secret.encode(), kind.encode() + b":" + payload, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(seal + payload).decode()


def _unsealed(kind: str, sealed: str | None, secret: str) -> bytes | None:
    if not sealed:
        return None
    try:
        payload = base64.urlsafe_b64decode(sealed.encode())[16:]
    except (binascii.Error, ValueError):
        return None
    return payload if hmac.compare_digest(_sealed(kind, payload, secret).encode(), sealed.encode()) else None


def toast_of(request: AnyRequest, secret: str) -> Toast | None:
    """The word about what was just done, when this browser brings one that is ours."""
    payload = _unsealed("toast", request.cookies.get(TOAST_COOKIE), secret)
    if payload is None:
        return None
    forget_cookie(request.scope, TOAST_COOKIE)
    return msgspec.json.decode(payload, type=Toast)


class Kept(msgspec.Struct):
    """A form whose session ended before it was sent: where it goes, what was typed, where it stood."""

    path: str
    fields: dict[str, str]
    back: str


def keep_for_later(answer: Response[Any], kept: Kept, secret: str) -> None:
    """Let the browser carry a form over a sign-in; what is too long for a cookie is not kept."""
    value = _sealed("resume", msgspec.json.encode(kept), secret)
    if len(value) <= LONGEST_COOKIE:
        answer.set_cookie(
            Cookie(
                key=RESUME_COOKIE,
                value=value,
                max_age=RESUME_SECONDS,
                httponly=True,
                samesite="strict",
                path="/",
            )
        )


def resume_of(request: AnyRequest, secret: str) -> Kept | None:
    """The form a browser carried over a sign-in."""
    payload = _unsealed("resume", request.cookies.get(RESUME_COOKIE), secret)
    return None if payload is None else msgspec.json.decode(payload, type=Kept)


def without_resume(request: AnyRequest) -> None:
    """The kept form is on the page now; the cookie has done its work."""
    forget_cookie(request.scope, RESUME_COOKIE)


def local_path(path: str | None, default: str = "/board") -> str:
    """A path on this site, or the default: never another host, never a script."""
    if path is None or not path.startswith("/") or path.startswith("//") or "\\" in path or len(path) > 500:
        return default
    if any(ord(sign) < 33 or ord(sign) > 126 for sign in path):
        return default
    return path


def problem_of(refusal: Refusal, *, next_href: str | None = None, next_word: str | None = None) -> Problem:
    """A refusal as pages show it; the next step is the page's, or what the refusal itself names."""
    named = {key: value for key, value in refusal.facts.items() if isinstance(value, str)}
    return Problem(
        refusal.code,
        refusal.sentence,
        next_href or named.get("next_href"),
        next_word or named.get("next_word"),
        named.get("field"),
    )


def words_of(names: Sequence[str]) -> str:
    """`Cash`, `Cash and Visa 4242`, `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
