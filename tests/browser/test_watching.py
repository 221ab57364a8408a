"""Does a page never let what is old look like now, and come back by itself?"""

import re

from playwright.async_api import expect

from tests.browser.conftest import Person
from tests.browser.evening import Evening
from tests.browser.touching import mark, seen

WHILE_IT_IS_AWAY = [
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
    "WebSocket connection",
    "status of 503",
]
SCREENS = ("/backstage", "/countdown?to=segment", "/tally?scene=Film", "/cuesheet")


async def test_pages_say_loudly_that_the_service_is_gone_and_are_true_again_once_it_is_back(
    tonight: Evening, person: Person
) -> None:
    await tonight.on_air()
    await seen(lambda: tonight.scene == "Film")
    async with person(tonight.url, expected=WHILE_IT_IS_AWAY) as crew:
        panel = await crew.open("/panel")
        screens = [await crew.open(path) for path in SCREENS]
        overlay = await crew.open("/overlay/countdown?to=segment")
        program = panel.locator('[data-picture="program"]')
        await expect(program.locator("img")).to_be_visible()
        await expect(program).to_have_attribute("data-lit", "true")
        await expect(overlay.locator(".overlay")).to_have_class(re.compile("is-seen"))
        for page in (panel, *screens):
            await expect(page.locator(".lost")).to_have_count(0)

        await tonight.stop()
        for page in (panel, *screens):
            await expect(page.locator(".lost")).to_be_visible()
        await expect(mark(panel, "link")).to_have_text("Stale")
        await expect(panel.locator(".lost")).to_contain_text("What you see is old")
        for page in screens:
            await expect(page.locator(".lost")).to_contain_text(re.compile("old", re.IGNORECASE))
        await expect(program).to_have_attribute("data-lit", "false")
        await expect(program.locator("img")).to_have_count(0)
        await expect(program.locator(".mark")).to_have_text("Program")
        await expect(screens[2].locator(".light")).to_have_class(re.compile("light-unknown"))
        await expect(overlay.locator(".overlay")).not_to_have_class(re.compile("is-seen"))
        await expect(panel.locator('.in-show [data-act="go"]')).to_be_disabled()
        await expect(panel.locator('.in-show [data-act="hold"]')).to_be_enabled()  # it is tried all the same
        await panel.keyboard.press("h")
        await expect(panel.locator('[data-part="notice"]')).to_contain_text("The service did not answer")

        await tonight.start()
        for page in (panel, *screens):
            await expect(page.locator(".lost")).to_have_count(0)
        await expect(mark(panel, "link")).to_have_text("Connected")
        await expect(program).to_have_attribute("data-lit", "true")
        await expect(program.locator("img")).to_be_visible()
        await expect(screens[2].locator(".light")).to_have_class(re.compile("light-air"))
        await expect(overlay.locator(".overlay")).to_have_class(re.compile("is-seen"))
        await panel.keyboard.press("Escape")
        await panel.keyboard.press("h")  # and it obeys
        await expect(mark(panel, "hands")).to_have_text("MANUAL")
        assert tonight.document["is_held"]
        assert tonight.takes == ["Countdown", "Film"], "the restart changed nothing on air"


async def test_an_obs_that_is_gone_has_no_picture_and_no_red(tonight: Evening, person: Person) -> None:
    await tonight.on_air()
    await seen(lambda: tonight.scene == "Film")
    async with person(tonight.url, expected=WHILE_IT_IS_AWAY) as crew:
        panel, tally = await crew.open("/panel"), await crew.open("/tally?scene=Film")
        program = panel.locator('[data-picture="program"]')
        obs = panel.locator('[data-end="obs"]')
        await expect(program.locator("img")).to_be_visible()
        await expect(tally.locator(".light")).to_have_class(re.compile("light-air"))
        tonight.obs.room.go_down(3600)
        await expect(obs).to_have_attribute("data-bad", "true")
        await expect(program.locator("img")).to_have_count(0)
        await expect(program).to_contain_text("OBS does not answer")
        await expect(program).to_have_attribute("data-lit", "false")
        await expect(tally.locator(".light")).to_have_class(re.compile("light-unknown"))
        await expect(panel.locator('[data-part="alerts"]')).to_contain_text("OBS")
        tonight.obs.room.go_down(0)
        await expect(obs).to_have_attribute("data-bad", "false")
        await expect(program.locator("img")).to_be_visible()
        await expect(program).to_have_attribute("data-lit", "true")
        await expect(tally.locator(".light")).to_have_class(re.compile("light-air"))
