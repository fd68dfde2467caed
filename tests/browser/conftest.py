"""A real portal of 常州 with its demo behind a real server, and Chromium in front of it."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.applications import Starlette

from ml.train import train
from portal.app import create_app
from portal.core.settings import Settings
from portal.demo import load_demo

ROOT = Path(__file__).resolve().parents[2]


def find_chromium() -> str | None:
    """The browser of the machine."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests run in one process: it trains one router and loads one demo."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet and without a sandbox of its own when the tests run as root."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("Chromium is not installed")
    flags = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": executable, "args": [*sandbox, *flags, "--disable-sync"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A browser in China."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="session")
def demo_app(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    """The portal with a trained router and the demo loaded; shared by the browser tests of one process."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(prepared, folder / "portal.db")
    train(ROOT / "content" / "corpus", folder / "router.skops")
    app = create_app(
        Settings(
            city_dir=ROOT / "content" / "cities",
            data=folder,
            database_url=f"sqlite:///{folder / 'portal.db'}",
            media_url=str(folder / "media"),
            secret_key=("a secret key for browser tests",),
            base_url="http://127.0.0.1",
            jobs="worker",
            limits=False,
        )
    )
    load_demo(app.state.portal)
    yield app
    app.state.portal.database.dispose()


@pytest.fixture(scope="session")
def base_url(demo_app: Starlette) -> Iterator[str]:
    """The address of the running portal."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(demo_app, log_level="warning", proxy_headers=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def enter(browser: Browser, base_url: str, browser_context_args: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """enter("dispatcher") is a page of a browser of its own in which this demo account is signed in.

    enter() is a citizen. script=False switches JavaScript off; width and height in CSS pixels.
    """
    contexts: list[BrowserContext] = []

    def open_page(username: str = "", script: bool = True, width: int = 1280, height: int = 900) -> Page:
        context = browser.new_context(
            **{**browser_context_args, "base_url": base_url},
            java_script_enabled=script,
            viewport={"width": width, "height": height},
        )
        contexts.append(context)
        page = context.new_page()
        if username:
            page.goto("/desk/login")
            page.fill("[name=username]", username)
            page.fill("[name=password]", f"demo-{username}")
            page.click("main button[type=submit]")
            page.wait_for_url("**/desk")
        return page

    yield open_page
    for context in contexts:
        context.close()
