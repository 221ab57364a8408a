"""How do a finger and a hand act on a page? Real touches, and what the tests read of the live page."""

from collections.abc import Callable

from playwright.async_api import CDPSession, Locator, Page, expect

from tests.waiting import until

SEEN_SECONDS = 20.0


def act(page: Page, name: str) -> Locator:
    """The button of an act, where it is on this screen: on the desk, in the bar, or in the open sheet."""
    return page.locator(f'[data-act="{name}"]:visible').first


def mark(page: Page, name: str) -> Locator:
    """A word in the head of the page."""
    return page.locator(f'.top [data-mark="{name}"]')


def shown(page: Page, name: str) -> Locator:
    """A figure in the head of the page."""
    return page.locator(f'.top [data-figure="{name}"]')


async def seen(fact: Callable[[], object]) -> None:
    """Wait until the far ends have it so."""
    await until(fact, SEEN_SECONDS)


async def confirmed(page: Page, name: str) -> None:
    """Wait until the button says that it is done; afterwards it looks as before."""
    await expect(act(page, name)).to_have_attribute("data-stage", "confirmed")


async def hold_key(page: Page, name: str, until_so: Callable[[], object]) -> None:
    """Go to the button by keys, and hold Enter down until it has worked."""
    await act(page, name).focus()
    await page.keyboard.down("Enter")
    try:
        await seen(until_so)
    finally:
        await page.keyboard.up("Enter")


class Finger:
    """One finger on the glass."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self._page = page
        self._session = session

    @classmethod
    async def on(cls, page: Page) -> "Finger":
        """A finger for this page."""
        return cls(page, await page.context.new_cdp_session(page))

    async def down(self, where: Locator) -> None:
        """Touch the middle of it, and stay there."""
        await where.scroll_into_view_if_needed()
        box = await where.bounding_box()
        assert box is not None, where
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        await self._session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})

    async def up(self) -> None:
        """Leave the glass."""
        await self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    async def hold(self, where: Locator, until_so: Callable[[], object]) -> None:
        """Touch it until it has worked."""
        await self.down(where)
        try:
            await seen(until_so)
        finally:
            await self.up()
