"""The front page shows the whole portal; staff come in by password, lock and second factor."""

from datetime import timedelta

import pyotp
from playwright.sync_api import Page, expect
from starlette.applications import Starlette

from portal.accounts.service import NewStaff, add_staff
from portal.core.clock import now
from portal.core.roles import Role
from tests.browser.steps import Enter, press

PASSWORD = "Correct-Horse-42"


def test_the_front_page_leads_to_everything(enter: Enter) -> None:
    page = enter(width=390, height=800)
    page.goto("/")
    main = page.locator("main")
    for address in ("/cases/new", "/cases/track", "/surveys/satisfaction-2026", "/news", "/people", "/credit"):
        expect(main.locator(f"a[href='{address}']").first).to_be_visible()
    assert main.locator("a[href^='/groups/']").count() == 11
    for start in ("/news/", "/people/", "/credit/XY", "/cases/CZ"):
        assert main.locator(f"a[href^='{start}']").count() >= 3, start
    for phone in ("110", "119", "120"):
        expect(main.locator(".notice-emergency")).to_contain_text(phone)
    press(page, "关怀版")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


def sign_in(page: Page, username: str, password: str, code: str = "") -> None:
    """Fill in the sign-in page and send it."""
    page.goto("/desk/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.fill("[name=code]", code)
    press(page, "登录")


def open_account(app: Starlette, username: str) -> None:
    """An account of its own for a test."""
    portal = app.state.portal
    new = NewStaff(username=username, display_name="测试员小林", password=PASSWORD, roles=frozenset({Role.AUDITOR}))
    with portal.database.write() as db:
        add_staff(db, new, by="test")


def test_five_wrong_passwords_lock_an_account(enter: Enter, demo_app: Starlette) -> None:
    open_account(demo_app, "forgetful")
    page = enter()
    for _turn in range(5):
        sign_in(page, "forgetful", "wrong-password-1")
        expect(page.locator(".errors")).to_contain_text("不对")
    sign_in(page, "forgetful", PASSWORD)
    expect(page.locator(".errors")).to_contain_text("锁定")
    page.goto("/desk")
    assert "/desk/login" in page.url


def test_a_second_factor_is_asked_for_once_it_is_on(enter: Enter, demo_app: Starlette) -> None:
    open_account(demo_app, "careful")
    page = enter()
    sign_in(page, "careful", PASSWORD)
    page.goto("/desk/me")
    expect(page.get_by_alt_text("动态验证码的二维码，也可以手工输入下面的密钥")).to_be_visible()
    totp = pyotp.TOTP(page.locator("p:has-text('密钥：') .num").last.inner_text().replace(" ", ""))
    page.fill("form[action$='/factor'] [name=code]", totp.at(now()))
    press(page, "开启")
    expect(page.locator("main")).to_contain_text("已开启")

    other = enter()
    sign_in(other, "careful", PASSWORD)
    expect(other.locator(".errors")).to_be_visible()
    sign_in(other, "careful", PASSWORD, totp.at(now() + timedelta(seconds=30)))
    other.wait_for_url("**/desk")
