"""The settings of a deployment: read once from the environment, passed on as one frozen object."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from starlette.config import Config

LOOPBACK = {"127.0.0.1", "localhost", "::1", "testserver"}


class SettingError(Exception):
    """A setting that stops the start; its text names the variable."""


@dataclass(frozen=True)
class Settings:
    """Everything a deployment can choose. Each field is PORTAL_ and its name in capitals; README has the table."""

    city: str = "changzhou"
    city_dir: Path = Path("content/cities")
    data: Path = Path("var")
    database_url: str = ""
    media_url: str = ""
    secret_key: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[str, ...] = ()
    mail_url: str = field(default="", repr=False)
    sms_webhook: str = field(default="", repr=False)
    jobs: str = "inline"
    log: str = "text"
    metrics_token: str = field(default="", repr=False)
    limits: bool = True

    @property
    def content_dir(self) -> Path:
        """Where the words live: the folder that holds cities, pages and corpus."""
        return self.city_dir.parent

    @property
    def model_path(self) -> Path:
        """The router's live model."""
        return self.data / "router.skops"

    @property
    def is_https(self) -> bool:
        """True when citizens reach the portal over TLS; cookies are then Secure and __Host- prefixed."""
        return self.base_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """True when only this machine can reach the address the portal says it has."""
        return urlsplit(self.base_url).hostname in LOOPBACK


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in this environment, defaults filled in and every value checked.

    Makes the data folder and a secret key in it when none is set. Raises SettingError naming the variable.
    """
    config = Config(environ=dict(environ), env_prefix="PORTAL_")

    def text(name: str, default: str) -> str:
        return str(config(name, default=default))

    data = Path(text("DATA", "var"))
    base_url = text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    _require(urlsplit(base_url).scheme in {"http", "https"}, "BASE_URL", "must begin with http:// or https://")
    database_url = text("DATABASE_URL", "") or f"sqlite:///{(data / 'portal.db').absolute()}"
    known = ("sqlite://", "postgresql://", "postgresql+psycopg://")
    _require(database_url.startswith(known), "DATABASE_URL", "must be sqlite:///… or postgresql+psycopg://…")
    media_url = text("MEDIA_URL", "") or str((data / "media").absolute())
    _require("://" not in media_url or media_url.startswith("s3://"), "MEDIA_URL", "must be a folder or s3://bucket/…")
    mail_url = text("MAIL_URL", "")
    _require(not mail_url or urlsplit(mail_url).scheme in {"smtp", "smtps"}, "MAIL_URL", "must be smtp:// or smtps://")
    webhook = text("SMS_WEBHOOK", "")
    _require(not webhook or webhook.startswith(("http://", "https://")), "SMS_WEBHOOK", "must be an http(s) address")
    settings = Settings(
        city=text("CITY", "changzhou"),
        city_dir=Path(text("CITY_DIR", "content/cities")),
        data=data,
        database_url=database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        media_url=media_url,
        secret_key=_secret_keys(text("SECRET_KEY", ""), data),
        base_url=base_url,
        trusted_proxies=_networks(text("TRUSTED_PROXIES", "")),
        mail_url=mail_url,
        sms_webhook=webhook,
        jobs=_one_of("JOBS", text("JOBS", "inline"), ("inline", "worker")),
        log=_one_of("LOG", text("LOG", "text"), ("text", "json")),
        metrics_token=text("METRICS_TOKEN", ""),
        limits=_one_of("LIMITS", text("LIMITS", "on"), ("on", "off")) == "on",
    )
    _require(settings.limits or settings.is_loopback, "LIMITS", "may be off only when PORTAL_BASE_URL is loopback")
    _require(
        (settings.city_dir / settings.city / "city.toml").is_file(),
        "CITY",
        f"names no profile: {settings.city_dir / settings.city / 'city.toml'} is not there",
    )
    return settings


def _require(is_right: bool, name: str, reason: str) -> None:
    if not is_right:
        raise SettingError(f"PORTAL_{name} {reason}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    _require(value in allowed, name, f"must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _networks(value: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in value.split(",") if part.strip())
    for part in parts:
        try:
            ip_network(part, strict=False)
        except ValueError as error:
            raise SettingError(f"PORTAL_TRUSTED_PROXIES has {part!r}, which is no address or network") from error
    return parts


def _secret_keys(value: str, data: Path) -> tuple[str, ...]:
    if value:
        keys = tuple(key.strip() for key in value.split(",") if key.strip())
        _require(bool(keys) and min(map(len, keys)) >= 16, "SECRET_KEY", "needs keys of at least 16 characters")
        return keys
    path = data / "secret.key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600, exist_ok=True)
            path.write_text(secrets.token_urlsafe(48))
        return (path.read_text().strip(),)
    except OSError as error:
        raise SettingError(f"PORTAL_DATA is not a folder the portal can write to: {data} ({error.strerror})") from error
