"""One log on standard error, from which secrets are taken out before a line is written.

What must never be read in a log: PINs, codes, tokens, cookies, keys, passwords, card numbers
(RELIABILITY.md §0.3). Names of fields decide first, then the look of the text itself, so that
a secret inside an error message or a traceback is hidden too.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from spa_pos.kernel.cards import passes_luhn

HIDDEN = "[hidden]"

SECRET_NAMES = re.compile(
    r"(?:^|_|-)(?:pin|pins|code|otp|token|secret|password|passwd|cookie|set-cookie|authorization|csrf|key"
    r"|card|pan|cvc|cvv|signature|dsn)(?:_hash)?$|(?:^|_)(?:pin|token|secret|password|card_number)(?:_|$)",
    re.IGNORECASE,
)

HARMLESS_NAMES = frozenset({"status_code", "reason_code", "error_code", "exit_code", "decline_code"})
"""Codes that say what happened and open nothing."""

SECRET_TEXTS = (
    re.compile(r"\b(?:sk|rk|pk|whsec)_(?:(?:test|live)_)?[A-Za-z0-9]{4,}"),
    re.compile(r"\b(?:pi|seti)_[A-Za-z0-9]+_secret_[A-Za-z0-9]+"),
    re.compile(r"(?<=://)[^\s/@]+(?=@)"),
    re.compile(r"\b[0-9]{4}(?:-[0-9]{4}){3}\b"),  # a card number as printed
    re.compile(r"\b(?=[0-9-]*[A-Z])[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){2}\b"),  # an enrolment code
    re.compile(r"(?<=\bbearer )[^\s\"',;]+", re.IGNORECASE),
    re.compile(
        r"(?<![A-Za-z0-9])((?:[a-z_]*_)?(?:pin|code|token|secret|password|cookie|session|csrf|authorization)"
        r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&;,)\]}]+",
        re.IGNORECASE,
    ),
)

DIGIT_RUN = re.compile(r"(?<![0-9A-Fa-f-])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Fa-f])")


def hide_in_text(text: str) -> str:
    """The same text without what looks like a key, token, password or card number."""
    for pattern in SECRET_TEXTS:
        text = pattern.sub(lambda found: (found[1] if found.re.groups else "") + HIDDEN, text)
    return DIGIT_RUN.sub(lambda found: HIDDEN if passes_luhn(found[0]) else found[0], text)


def hide(value: Any, name: str = "") -> Any:
    """A copy of a value in which everything secret is `[hidden]`; its name may give it away."""
    if name and name.lower() not in HARMLESS_NAMES and SECRET_NAMES.search(name):
        return HIDDEN
    if isinstance(value, str):
        return hide_in_text(value)
    if isinstance(value, bytes):
        return hide_in_text(value.decode("utf-8", "replace"))
    if isinstance(value, Mapping):
        return {key: hide(part, str(key)) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [hide(part) for part in value]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return hide_in_text(str(value)) if value >= 10**12 else value
    return hide_in_text(str(value))


def _hide_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {key: value for key, value in event.items() if key.startswith("_")}  # structlog's own
    return {**{key: hide(value, key) for key, value in event.items() if key not in kept}, **kept}


def configure_logging(*, people: bool) -> None:
    """Send every log to standard error: lines for people, or one JSON object a line.

    Bind `request_id` with `structlog.contextvars` and every line of the request carries it.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _hide_event,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if people
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("stripe", "httpx", "httpcore", "uvicorn", "asyncio"):
        logger = logging.getLogger(talkative)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)
