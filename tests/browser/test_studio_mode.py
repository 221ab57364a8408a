"""Does the panel's choice of a scene reach OBS's preview in studio mode, and nothing else?"""

from playwright.async_api import expect

from tests.browser.conftest import Person
from tests.browser.evening import Evening
from tests.browser.touching import seen


async def test_a_chosen_scene_goes_to_obss_preview_in_studio_mode_and_is_taken_from_there(
    tonight: Evening, person: Person
) -> None:
    obs = tonight.obs
    async with person(tonight.url) as one:
        page = await one.open("/panel")
        await tonight.on_air()
        green = page.locator('[data-picture="next"]')
        await page.locator('.scenes [data-scene="Finale"]').click()
        await expect(green).to_contain_text("Chosen")
        await page.keyboard.press("Escape")
        obs.machine.set_studio_mode(True)
        await expect(green).to_contain_text("Preview")
        await page.locator('.scenes [data-scene="Finale"]').click()
        await seen(lambda: obs.snapshot()["preview"] == "Finale")
        await expect(green.locator("figcaption")).to_have_text("Finale")
        await expect(page.locator('.scenes [data-scene="Finale"]')).to_have_attribute("data-tally", "next")
        await expect(page.locator('.scenes [data-scene="Finale"]')).to_contain_text("Preview")
        assert tonight.scene == "Film"
        await page.locator('[data-part="chosen"] [data-act="take"]').click()
        await seen(lambda: tonight.scene == "Finale")
        await page.keyboard.press("h")
        await expect(page.locator('[data-part="alerts"]')).to_contain_text("on hold: \u201cResume\u201d lets it go on")
