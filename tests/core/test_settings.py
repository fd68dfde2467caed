"""Settings: defaults that work, and one clear line for a wrong value."""

from pathlib import Path

import pytest

from portal.core.settings import SettingError, read_settings

CITIES = Path(__file__).resolve().parents[2] / "content" / "cities"


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    base = {"PORTAL_DATA": str(tmp_path), "PORTAL_CITY_DIR": str(CITIES)}
    settings = read_settings(base)
    assert settings.city == "changzhou"
    assert settings.database_url == f"sqlite:///{tmp_path / 'portal.db'}"
    assert settings.is_loopback
    assert read_settings(base).secret_key == settings.secret_key
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_CITY", "atlantis"),
        ("PORTAL_DATABASE_URL", "mysql://x"),
        ("PORTAL_MEDIA_URL", "ftp://x"),
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_BASE_URL", "portal.example"),
        ("PORTAL_TRUSTED_PROXIES", "10.0.0.0/8,nonsense"),
        ("PORTAL_MAIL_URL", "http://mail"),
        ("PORTAL_SMS_WEBHOOK", "sms:1"),
        ("PORTAL_JOBS", "sometimes"),
        ("PORTAL_LOG", "xml"),
        ("PORTAL_LIMITS", "maybe"),
    ],
)
def test_a_wrong_value_names_its_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read_settings({"PORTAL_DATA": str(tmp_path), "PORTAL_CITY_DIR": str(CITIES), name: value})


def test_limits_may_be_off_on_loopback_only(tmp_path: Path) -> None:
    environ = {"PORTAL_DATA": str(tmp_path), "PORTAL_CITY_DIR": str(CITIES), "PORTAL_LIMITS": "off"}
    assert not read_settings(environ).limits
    with pytest.raises(SettingError, match="PORTAL_LIMITS"):
        read_settings({**environ, "PORTAL_BASE_URL": "https://portal.example.gov.cn"})
