"""Does a tablet whose zone data is years old show the service's clock all the same?"""

import re

from playwright.async_api import expect

from tests.browser.conftest import Person
from tests.browser.evening import Evening
from tests.browser.touching import mark, seen, shown

STALE = """
const Known = Intl.DateTimeFormat;
Intl.DateTimeFormat = function (language, how = {}) { // Almaty was at +06 until March 2024, as Omsk still is
  return new Known(language, how.timeZone === "Asia/Almaty" ? { ...how, timeZone: "Asia/Omsk" } : how);
};
"""
HOUR_OF_GO_LIVE = """
new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Almaty", hour: "2-digit" }).format(Date.UTC(2027, 9, 20, 14))
"""


async def test_stale_zone_data_of_a_tablet_puts_no_clock_wrong(tonight: Evening, person: Person) -> None:
    await tonight.on_air()
    await seen(lambda: tonight.scene == "Film")
    async with person(tonight.url) as crew:
        await crew.context.add_init_script(STALE)
        panel = await crew.open("/panel")
        await expect(mark(panel, "link")).to_have_text("Connected")
        assert await panel.evaluate(HOUR_OF_GO_LIVE) == "20", "the browser's own data is stale"
        await expect(shown(panel, "clock")).to_have_text(re.compile("^19:0"))
        await expect(panel.locator(".top .now")).to_contain_text("Almaty, UTC+5")
        await expect(panel.locator('[data-part="rundown"] td.planned').first).to_have_text("19:00:00")
        backstage = await crew.open("/backstage")
        await expect(backstage.locator(".clock")).to_contain_text(re.compile("19:0"))
        countdown = await crew.open("/countdown?to=end&zone=Asia/Almaty")
        await expect(countdown.locator("body")).to_contain_text("19:50:00 Almaty")
