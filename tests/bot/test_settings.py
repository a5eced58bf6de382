"""Settings: read once, all mistakes at once, no secret in a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.ports import MailServer
from bot.settings import Settings, key_file

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"
GOOD = {
    "MILLWRIGHT_URL": "https://bot.example/",
    "GITHUB_APP_ID": "12345",
    "GITHUB_PRIVATE_KEY": PEM.replace("\n", "\\n"),
    "GITHUB_WEBHOOK_SECRET": "s" * 32,
}


def test_a_few_variables_are_enough() -> None:
    found = Settings.read(GOOD)
    assert found.url == "https://bot.example"
    assert found.private_key == PEM
    assert found.database == "sqlite:///data/millwright.db"
    assert found.listen == ("127.0.0.1", 8080)
    assert found.operations == "millwright-ops"


def test_all_mistakes_are_named_at_once_and_no_secret_is_shown() -> None:
    wrong = {
        "MILLWRIGHT_URL": "http://bot.example",
        "GITHUB_APP_ID": "twelve",
        "GITHUB_PRIVATE_KEY": "hunter2",
        "GITHUB_WEBHOOK_SECRET": "hunter3",
        "MILLWRIGHT_LISTEN": "8080",
        "MILLWRIGHT_PACING": "-1",
        "MILLWRIGHT_DATABASE": "mysql://x",
        "MILLWRIGHT_OPERATIONS": "acme/ops",
        "MILLWRIGHT_REPLICA": "a b",
        "GITHUB_API_URL": "ftp://x",
        "MILLWRIGHT_OIDC_ISSUER": "https://x/?q=1",
        "MILLWRIGHT_DRAIN": "soon",
        "MILLWRIGHT_RETENTION_DAYS": "-3",
        "MILLWRIGHT_METRICS": "9090",
        "MILLWRIGHT_LOG": "xml",
        "MILLWRIGHT_SMTP_URL": "smtp://anna:hunter4@mail.example:25",
        "MILLWRIGHT_MAIL_FROM": "millwright",
        "MILLWRIGHT_AUTHORITIES": "/dev/null",
        "MILLWRIGHT_PRIVATE_HOSTS": "https://intern/",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.read(wrong)
    for name in wrong:
        assert name in str(caught.value)
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("smtps://u:hun/ter@h.example", "must be smtps://"),
        ("smtps://u:hun#ter@h.example", "must be smtps://"),
        ("smtps://u:hun:ter@h.example", "must be smtps://"),
        ("smtps://hunter@h.example", "must be smtps://"),
        ("smtps://u:hunter@h.example:99999", "out of range"),
        ("smtps://u:hunter@[h.example", "Invalid IPv6"),
        ("https://u:hunter@h.example", "must be smtps://"),
        ("smtp://u:hunter@h.example", "must use TLS"),
    ],
)
def test_a_mail_server_that_will_not_do_is_refused_and_its_password_not_quoted(url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=f"MILLWRIGHT_SMTP_URL .*{why}") as caught:
        Settings.read(GOOD | {"MILLWRIGHT_SMTP_URL": url, "MILLWRIGHT_MAIL_FROM": "mill@acme.example"})
    assert "hun" not in str(caught.value)


def test_a_mail_server_may_stand_in_a_file_and_wants_a_sender(tmp_path: Path) -> None:
    file = tmp_path / "smtp"
    file.write_text("smtp+starttls://mill:p%40ss@mail.example\n")
    told = GOOD | {"MILLWRIGHT_SMTP_URL_FILE": str(file)}
    with pytest.raises(SettingsError, match="MILLWRIGHT_MAIL_FROM is not set"):
        Settings.read(told)
    found = Settings.read(told | {"MILLWRIGHT_MAIL_FROM": "mill@acme.example"})
    assert found.smtp_url == MailServer("mail.example", 587, "starttls", "mill", "p@ss")
    assert "p@ss" not in repr(found)


def test_an_empty_environment_names_what_is_missing() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read({})
    for name in GOOD:
        assert f"{name} is not set" in str(caught.value)


def test_the_private_key_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_text(PEM)
    environ = {k: v for k, v in GOOD.items() if k != "GITHUB_PRIVATE_KEY"} | {"GITHUB_PRIVATE_KEY_FILE": str(file)}
    assert Settings.read(environ).private_key == PEM
    with pytest.raises(SettingsError, match="No such file"):
        Settings.read(environ | {"GITHUB_PRIVATE_KEY_FILE": str(tmp_path / "absent")})


def test_the_webhook_secret_may_stand_in_a_file_without_the_end_of_its_line(tmp_path: Path) -> None:
    file = tmp_path / "webhook-secret"
    file.write_text("w" * 32 + "\n")
    environ = {k: v for k, v in GOOD.items() if k != "GITHUB_WEBHOOK_SECRET"}
    told = environ | {"GITHUB_WEBHOOK_SECRET_FILE": str(file)}
    assert Settings.read(told).webhook_secret == "w" * 32
    file.write_text("w" * 31 + "\n")
    with pytest.raises(SettingsError, match="GITHUB_WEBHOOK_SECRET must have 32"):
        Settings.read(told)
    with pytest.raises(SettingsError, match="nor is GITHUB_WEBHOOK_SECRET_FILE"):
        Settings.read(environ)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost", "https://bot.example/path"])
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert Settings.read(GOOD | {"MILLWRIGHT_URL": url}).url == url


def test_every_variable_is_documented_above_its_field() -> None:
    source = Path(__import__("bot.settings", fromlist=["x"]).__file__).read_text("utf-8")
    body = source[source.index("class Settings") : source.index("def read")]
    read = source[source.index("def read") :]
    names = set(re.findall(r'"((?:MILLWRIGHT|GITHUB)_[A-Z_]+)"', read))
    assert all(f"# {name}" in body or f"or {name}" in body for name in names)


def test_the_key_file_is_found_where_the_settings_say(tmp_path: Path) -> None:
    assert key_file({}) == Settings.read(GOOD).key_file == Path("data/millwright.key")
    told = {"MILLWRIGHT_DATA": str(tmp_path)}
    assert key_file(told) == Settings.read(GOOD | told).key_file == tmp_path / "millwright.key"
    told |= {"MILLWRIGHT_KEY_FILE": str(tmp_path / "ring")}
    assert key_file(told) == Settings.read(GOOD | told).key_file == tmp_path / "ring"
