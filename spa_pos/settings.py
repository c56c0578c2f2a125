"""The environment, read once, into one frozen object; nonsense is refused by name."""

import difflib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout: templates, static files and migrations live beside the package."""


class SettingsError(Exception):
    """One sentence that names the variable and what is wrong with it."""


class Mode(StrEnum):
    """How careful to be: `production` takes real money."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed over. `starttls`: True insists on it, None takes it when offered."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    starttls: bool | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment decides. See README, Settings."""

    mode: Mode
    data_dir: Path
    database_url: str | None
    secret: str
    base_url: str
    host: str
    port: int
    stripe_key: str | None
    stripe_api_base: str | None
    idle_lock_seconds: int
    pool_size: int
    stripe_webhook_secret: str | None = None
    stripe_publishable_key: str | None = None
    smtp: SmtpServer | None = None
    mail_from: tuple[str, str] | None = None
    """Name and address that mails come from."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose word counts for where a request comes from."""

    @property
    def secure_cookies(self) -> bool:
        """True when guests and staff reach us by https."""
        return self.base_url.startswith("https://")


NAMES = (
    "SPA_MODE",
    "SPA_DATA_DIR",
    "SPA_DATABASE_URL",
    "SPA_SECRET",
    "SPA_BASE_URL",
    "SPA_HOST",
    "SPA_PORT",
    "SPA_STRIPE_KEY",
    "SPA_STRIPE_API_BASE",
    "SPA_STRIPE_WEBHOOK_SECRET",
    "SPA_STRIPE_PUBLISHABLE_KEY",
    "SPA_IDLE_LOCK_SECONDS",
    "SPA_POOL_SIZE",
    "SPA_SMTP_URL",
    "SPA_MAIL_FROM",
    "SPA_TRUSTED_PROXIES",
)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `SPA_…` variables.

    Raises:
        SettingsError: an unknown variable, or a value that cannot be meant.
    """
    for name in sorted(environment):
        if name.startswith("SPA_") and name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{name} is not a setting.{hint}")
    mode = _mode(environment.get("SPA_MODE", "demo"))
    data_dir = Path(environment.get("SPA_DATA_DIR") or PROJECT / "var").absolute()
    host = environment.get("SPA_HOST", "127.0.0.1")
    port = _whole(environment, "SPA_PORT", 8000, 1, 65_535)
    base_url = _base_url(environment.get("SPA_BASE_URL", f"http://{host}:{port}"), mode)
    smtp = _smtp(environment.get("SPA_SMTP_URL"), mode)
    return Settings(
        mode=mode,
        data_dir=data_dir,
        database_url=_database_url(environment.get("SPA_DATABASE_URL")),
        secret=_secret(environment.get("SPA_SECRET"), mode, data_dir),
        base_url=base_url,
        host=host,
        port=port,
        stripe_key=_stripe_key(environment.get("SPA_STRIPE_KEY"), mode),
        stripe_api_base=_stripe_api_base(environment.get("SPA_STRIPE_API_BASE"), mode),
        stripe_webhook_secret=_stripe_webhook_secret(environment.get("SPA_STRIPE_WEBHOOK_SECRET")),
        stripe_publishable_key=_stripe_publishable_key(
            environment.get("SPA_STRIPE_PUBLISHABLE_KEY"), environment.get("SPA_STRIPE_KEY")
        ),
        idle_lock_seconds=_whole(environment, "SPA_IDLE_LOCK_SECONDS", 300, 30, 900),
        pool_size=_whole(environment, "SPA_POOL_SIZE", 10, 2, 100),
        smtp=smtp,
        mail_from=_mail_from(environment.get("SPA_MAIL_FROM"), needed=smtp is not None),
        trusted_proxies=_trusted_proxies(environment.get("SPA_TRUSTED_PROXIES", "")),
    )


def _mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        raise SettingsError(f"SPA_MODE is {text!r}; it must be demo, test or production.") from None


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from {least} to {most}.")
    return int(text)


def _database_url(text: str | None) -> str | None:
    if text is None or text == "":
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise SettingsError("SPA_DATABASE_URL must look like postgresql://user:password@host:5432/database.")
    return text


def _base_url(text: str, mode: Mode) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("SPA_BASE_URL must look like https://spa.example.org.")
    if parts.path.strip("/") or parts.query or parts.username:
        raise SettingsError("SPA_BASE_URL must be a scheme and a host, without path, query or user.")
    if mode is Mode.PRODUCTION and parts.scheme != "https":
        raise SettingsError("SPA_BASE_URL must use https in production.")
    return text.rstrip("/")


def _stripe_key(text: str | None, mode: Mode) -> str | None:
    if text is None or text == "":
        return None
    if not re.fullmatch(r"sk_(test|live)_[A-Za-z0-9]{4,}", text, re.ASCII):
        raise SettingsError("SPA_STRIPE_KEY must be a secret key: sk_test_… or sk_live_….")
    live = text.startswith("sk_live_")
    if live and mode is not Mode.PRODUCTION:
        raise SettingsError("SPA_STRIPE_KEY is a live key; live keys need SPA_MODE=production.")
    if not live and mode is Mode.PRODUCTION:
        raise SettingsError("SPA_STRIPE_KEY is a test key; production needs a live key.")
    return text


def _stripe_webhook_secret(text: str | None) -> str | None:
    if text is None or text == "":
        return None
    if not re.fullmatch(r"whsec_[A-Za-z0-9+/=_-]{8,}", text, re.ASCII):
        raise SettingsError("SPA_STRIPE_WEBHOOK_SECRET must be the signing secret of the endpoint: whsec_….")
    return text


def _stripe_publishable_key(text: str | None, secret_key: str | None) -> str | None:
    if text is None or text == "":
        return None
    if not re.fullmatch(r"pk_(test|live)_[A-Za-z0-9]{4,}", text, re.ASCII):
        raise SettingsError("SPA_STRIPE_PUBLISHABLE_KEY must be a publishable key: pk_test_… or pk_live_….")
    if not (secret_key or "").startswith(f"sk{text[2:8]}"):
        raise SettingsError("SPA_STRIPE_PUBLISHABLE_KEY and SPA_STRIPE_KEY must both be test or both live.")
    return text


def _stripe_api_base(text: str | None, mode: Mode) -> str | None:
    if text is None or text == "":
        return None
    if mode is Mode.PRODUCTION:
        raise SettingsError("SPA_STRIPE_API_BASE is for tests and the demo; production asks Stripe itself.")
    parts = urlsplit(text)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise SettingsError("SPA_STRIPE_API_BASE must be an http address on 127.0.0.1.")
    return text.rstrip("/")


def _smtp(text: str | None, mode: Mode) -> SmtpServer | None:
    if text is None or text == "":
        return None
    shape = "smtp://user:password@host:587 or smtps://user:password@host:465"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SettingsError(f"SPA_SMTP_URL must look like {shape}.") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise SettingsError(f"SPA_SMTP_URL must look like {shape}.")
    if (parts.username is None) != (parts.password is None):
        raise SettingsError("SPA_SMTP_URL must name both a user and a password, or neither.")
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    starttls = asked.pop("starttls", None)
    if asked or starttls not in (None, "yes", "no"):
        raise SettingsError("SPA_SMTP_URL may end in ?starttls=yes or ?starttls=no and in nothing else.")
    tls = parts.scheme == "smtps"
    if tls and starttls is not None:
        raise SettingsError("SPA_SMTP_URL is encrypted from the start with smtps; leave starttls out.")
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if starttls == "no" and not here and (parts.password is not None or mode is Mode.PRODUCTION):
        raise SettingsError("SPA_SMTP_URL must not send mails or a password unencrypted; drop starttls=no.")
    insists = None if here and starttls is None else starttls != "no"
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if tls else 587),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        tls=tls,
        starttls=False if tls else insists,
    )


def _mail_from(text: str | None, *, needed: bool) -> tuple[str, str] | None:
    if text is None or text == "":
        if needed:
            raise SettingsError("SPA_MAIL_FROM is missing; SPA_SMTP_URL needs somebody whom mails come from.")
        return None
    name, address = parseaddr(text)
    if (
        any(ord(sign) < 32 for sign in text)
        or not re.fullmatch(r"[^@\s<>,;]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", address)
        or not (text.strip() == address or text.strip().endswith(f"<{address}>"))
    ):
        raise SettingsError("SPA_MAIL_FROM must look like Rejuvenate Spa <spa@example.org>.")
    return name, address


def _trusted_proxies(text: str) -> tuple[str, ...]:
    found = [one.strip() for one in text.split(",") if one.strip()]
    try:
        return tuple(str(ip_network(one)) for one in found)
    except ValueError:
        raise SettingsError(
            "SPA_TRUSTED_PROXIES must be addresses or networks, such as 127.0.0.1,192.0.2.0/24."
        ) from None


def _secret(text: str | None, mode: Mode, data_dir: Path) -> str:
    if text is not None:
        if len(text) < 32 or len(set(text)) < 10:
            raise SettingsError("SPA_SECRET must be at least 32 characters of a random secret.")
        return text
    if mode is Mode.PRODUCTION:
        raise SettingsError("SPA_SECRET is missing; production needs one of at least 32 characters.")
    kept = data_dir / "secret"
    try:
        if not kept.exists():
            data_dir.mkdir(parents=True, exist_ok=True)
            new = data_dir / f"secret.{os.getpid()}"
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(48))
            new.rename(kept)  # whole or not at all, whenever the power goes
        found = kept.read_text(encoding="ascii", errors="replace")
    except OSError as problem:
        raise SettingsError(
            f"SPA_DATA_DIR: the folder {data_dir} cannot be used: {problem.strerror or problem}."
        ) from problem
    if len(found) < 32:
        raise SettingsError(
            f"SPA_DATA_DIR: the file {kept} holds no secret; delete it and a new one is made."
        )
    return found
