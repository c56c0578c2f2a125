"""Settings that cannot be meant are refused before anything starts, by name, without echoing secrets."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from spa_pos.settings import NAMES, Mode, Settings, SettingsError, read_settings

SECRET = "fGk3_vQ9-pLx72ZtRmB5cYwE8sHdNaUj"
PRODUCTION = {
    "SPA_MODE": "production",
    "SPA_SECRET": SECRET,
    "SPA_BASE_URL": "https://spa.example.org",
    "SPA_DATABASE_URL": "postgresql://spa:pw@db.example.org/spa",
    "SPA_STRIPE_KEY": "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
}


def read(changes: Mapping[str, str], tmp_path: Path) -> Settings:
    return read_settings({"SPA_DATA_DIR": str(tmp_path), **changes})


def refusal(changes: Mapping[str, str], tmp_path: Path) -> str:
    with pytest.raises(SettingsError) as problem:
        read(changes, tmp_path)
    sentence = str(problem.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    return sentence


def test_nothing_set_means_a_demo_on_this_machine(tmp_path: Path) -> None:
    settings = read({}, tmp_path)
    assert settings.mode is Mode.DEMO
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url is None
    assert settings.stripe_key is None
    assert not settings.secure_cookies


def test_production_is_read_whole(tmp_path: Path) -> None:
    settings = read(PRODUCTION, tmp_path)
    assert settings.mode is Mode.PRODUCTION
    assert settings.secret == SECRET
    assert settings.stripe_key == PRODUCTION["SPA_STRIPE_KEY"]
    assert settings.secure_cookies


def test_settings_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        read({}, tmp_path).port = 1  # type: ignore[misc]


def test_a_demo_makes_its_secret_once_and_keeps_it_private(tmp_path: Path) -> None:
    first = read({}, tmp_path).secret
    assert len(first) >= 32
    assert read({}, tmp_path).secret == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPA_MODE", "prod"),
        ("SPA_MODE", ""),
        ("SPA_PORT", "0"),
        ("SPA_PORT", "65536"),
        ("SPA_PORT", "-1"),
        ("SPA_PORT", "8000 "),
        ("SPA_PORT", "eight"),
        ("SPA_PORT", "1e3"),
        ("SPA_PORT", "８０００"),
        ("SPA_PORT", ""),
        ("SPA_IDLE_LOCK_SECONDS", "90s"),
        ("SPA_IDLE_LOCK_SECONDS", "0"),
        ("SPA_IDLE_LOCK_SECONDS", "901"),
        ("SPA_IDLE_LOCK_SECONDS", "true"),
        ("SPA_POOL_SIZE", "1"),
        ("SPA_POOL_SIZE", "1000000000"),
        ("SPA_DATABASE_URL", "mysql://spa@db/spa"),
        ("SPA_DATABASE_URL", "postgresql://db.example.org"),
        ("SPA_DATABASE_URL", "spa"),
        ("SPA_BASE_URL", "spa.example.org"),
        ("SPA_BASE_URL", "ftp://spa.example.org"),
        ("SPA_BASE_URL", "https://spa.example.org/desk"),
        ("SPA_BASE_URL", "https://maya:pw@spa.example.org"),
        ("SPA_BASE_URL", "https://spa.example.org?x=1"),
        ("SPA_SECRET", ""),
        ("SPA_SECRET", "short"),
        ("SPA_SECRET", "a" * 64),
        ("SPA_STRIPE_KEY", "pk_test_4eC39HqLyjWDarjt"),
        ("SPA_STRIPE_KEY", "sk_test_"),
        ("SPA_STRIPE_KEY", "sk_test_4eC39 HqLyj"),
        ("SPA_STRIPE_API_BASE", "https://api.stripe.com"),
        ("SPA_STRIPE_WEBHOOK_SECRET", "sk_test_1234"),
        ("SPA_STRIPE_API_BASE", "http://192.0.2.7:8420"),
    ],
)
def test_nonsense_is_refused_by_name(name: str, value: str, tmp_path: Path) -> None:
    assert name in refusal({name: value}, tmp_path)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SPA_SECRET": ""}, "SPA_SECRET"),
        ({"SPA_BASE_URL": "http://spa.example.org"}, "SPA_BASE_URL"),
        ({"SPA_STRIPE_KEY": "sk_test_4eC39HqLyjWDarjt"}, "SPA_STRIPE_KEY"),
        ({"SPA_STRIPE_API_BASE": "http://127.0.0.1:8420"}, "SPA_STRIPE_API_BASE"),
    ],
)
def test_production_is_stricter(changes: dict[str, str], named: str, tmp_path: Path) -> None:
    assert named in refusal({**PRODUCTION, **changes}, tmp_path)


@pytest.mark.parametrize("name", ["SPA_SECRET", "SPA_BASE_URL"])
def test_production_invents_nothing(name: str, tmp_path: Path) -> None:
    without = {key: value for key, value in PRODUCTION.items() if key != name}
    assert name in refusal(without, tmp_path)


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_a_live_key_needs_production(mode: str, tmp_path: Path) -> None:
    sentence = refusal({"SPA_MODE": mode, "SPA_STRIPE_KEY": PRODUCTION["SPA_STRIPE_KEY"]}, tmp_path)
    assert sentence == "SPA_STRIPE_KEY is a live key; live keys need SPA_MODE=production."


def test_a_slip_of_the_pen_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    assert refusal({"SPA_DATABSE_URL": "x"}, tmp_path) == (
        "SPA_DATABSE_URL is not a setting. Did you mean SPA_DATABASE_URL?"
    )


def test_variables_of_other_programs_are_none_of_our_business(tmp_path: Path) -> None:
    assert read({"SPARK_HOME": "/opt", "PATH": "/bin"}, tmp_path).port == 8000


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("SPA_MODE", "SPA_DATA_DIR")])
def test_no_secret_is_echoed(name: str, tmp_path: Path) -> None:
    value = "hunter2://hunter2:hunter2@hunter2/hunter2"
    try:
        read({name: value}, tmp_path)
    except SettingsError as problem:
        if name in ("SPA_SECRET", "SPA_STRIPE_KEY", "SPA_DATABASE_URL", "SPA_BASE_URL"):
            assert "hunter2" not in str(problem)


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SettingsError, match="SPA_DATA_DIR"):
        read_settings({"SPA_DATA_DIR": str(blocked)})


def test_an_emptied_secret_file_is_refused_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    assert "secret" in refusal({}, tmp_path)


def test_a_mail_server_is_encrypted_unless_it_is_here(tmp_path: Path) -> None:
    given = {"SPA_MAIL_FROM": "Rejuvenate Spa <spa@example.org>"}
    far = read({"SPA_SMTP_URL": "smtp://us:p%40ss@mail.example.org", **given}, tmp_path).smtp
    assert far is not None
    assert (far.host, far.port, far.user, far.password) == ("mail.example.org", 587, "us", "p@ss")
    assert (far.tls, far.starttls) == (False, True)
    tls = read({"SPA_SMTP_URL": "smtps://mail.example.org", **given}, tmp_path).smtp
    assert tls is not None
    assert (tls.port, tls.tls, tls.starttls) == (465, True, False)
    here = read({"SPA_SMTP_URL": "smtp://127.0.0.1:2525", **given}, tmp_path)
    assert here.smtp is not None
    assert (here.smtp.port, here.smtp.starttls) == (2525, None)
    assert here.mail_from == ("Rejuvenate Spa", "spa@example.org")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org/inbox",
        "smtp://user@mail.example.org",
        "smtp://mail.example.org?starttls=maybe",
        "smtp://mail.example.org?tls=yes",
        "smtps://mail.example.org?starttls=yes",
        "smtp://user:hunter2@mail.example.org?starttls=no",
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused(url: str, tmp_path: Path) -> None:
    sentence = refusal({"SPA_SMTP_URL": url, "SPA_MAIL_FROM": "spa@example.org"}, tmp_path)
    assert "SPA_SMTP_URL" in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    "text", ["", "spa", "spa@", "spa@host", "a@example.org, b@example.org", "Spa <spa@example.org>\nBcc: x"]
)
def test_mails_come_from_one_address(text: str, tmp_path: Path) -> None:
    sentence = refusal({"SPA_SMTP_URL": "smtp://127.0.0.1", "SPA_MAIL_FROM": text}, tmp_path)
    assert "SPA_MAIL_FROM" in sentence


def test_proxies_are_addresses_or_networks(tmp_path: Path) -> None:
    assert read({}, tmp_path).trusted_proxies == ()
    given = read({"SPA_TRUSTED_PROXIES": "127.0.0.1, 192.0.2.0/24,"}, tmp_path)
    assert given.trusted_proxies == ("127.0.0.1/32", "192.0.2.0/24")
    for nonsense in ("everybody", "192.0.2.1/24", "127.0.0.1 192.0.2.1", "*"):
        assert "SPA_TRUSTED_PROXIES" in refusal({"SPA_TRUSTED_PROXIES": nonsense}, tmp_path)
