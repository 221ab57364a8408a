"""How is Chromium started and watched? Headless, to itself, and nothing it complains of goes unheard."""

import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, async_playwright

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--force-color-profile=srgb"),
)
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    **{"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}
PATIENCE_MS = 15_000
"""How long a page may take for what it shows; the machine may be busy."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this machine."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


NO_PICTURE_YET = r"status of 503 .*/api/v1/picture/"
"""What a browser says where OBS has sent no picture in time; pages say so in their own words."""


class Watched:
    """One person's browser: pages of one service, and everything that went wrong in them."""

    def __init__(self, context: BrowserContext, url: str, expected: Sequence[str]) -> None:
        self.context = context
        self.url = url
        self.faults: list[str] = []
        self._expected = [re.compile(pattern) for pattern in (NO_PICTURE_YET, *expected)]
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    async def open(self, path: str) -> Page:
        """A page of the service."""
        page = await self.context.new_page()
        await page.goto(self.url + path)
        return page

    def _on_console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self._note(f"console {said.type}: {said.text} ({said.location.get('url', '')})")

    def _on_error(self, error: WebError) -> None:
        self._note(f"page error: {error.error.message}")

    def _on_request(self, request: Request) -> None:
        asked, own = urlsplit(request.url), urlsplit(self.url)
        if asked.scheme not in ("blob", "data") and asked.netloc != own.netloc:
            self._note(f"asked another origin: {request.url}")

    def _note(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self._expected):
            self.faults.append(fault)


@asynccontextmanager
async def watched(browser: Browser, url: str, *, expected: Sequence[str] = (), **how: Any) -> AsyncIterator[Watched]:
    """A person's own browser, without a past; AssertionError at the end if any of its pages complained.

    `expected` are patterns of complaints that are part of the test.
    """
    context = await browser.new_context(**{"locale": "en-GB", **DESK, **how})
    context.set_default_timeout(PATIENCE_MS)
    try:
        seen = Watched(context, url, expected)
        try:
            yield seen
        except Exception as error:
            error.add_note(f"the browser complained of: {seen.faults}")
            raise
        assert not seen.faults, f"the browser complained of: {seen.faults}"
    finally:
        await context.close()
