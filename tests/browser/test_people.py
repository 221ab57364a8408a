"""Does everybody who signs in find what their role may do, and a link no more than its page?"""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.evening import PASSWORD, Evening
from tests.browser.looks import barriers, what_sticks_out
from tests.browser.touching import act, mark, seen

WORKING = ".act, .scenes button, .lanes button, .pick"
HOLD = """fetch("/api/v1/hold", {
  method: "POST", headers: {"Content-Type": "application/json"}, body: "{}",
}).then((said) => said.status)"""


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the form, and send it."""
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def test_each_role_finds_its_buttons_and_a_link_opens_its_page_alone(
    tonight_with_people: Evening, person: Person
) -> None:
    tonight = tonight_with_people
    await tonight.on_air()
    async with (
        person(tonight.url, expected=["status of 40[13]"]) as viewer,
        person(tonight.url) as operator,
        person(tonight.url) as admin,
        person(tonight.url, expected=["status of 40[13]"]) as screen,
    ):
        page = await viewer.open("/panel")
        await expect(page).to_have_url(re.compile(r"/signin\?next=%2Fpanel$"))
        await sign_in(page, "Vera", "wrong horse")
        await expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
        assert await barriers(page) + await what_sticks_out(page) == []
        await sign_in(page, "Vera")
        await expect(page).to_have_url(re.compile("/panel$"))
        await expect(mark(page, "role")).to_have_text("View only")
        await expect(page.locator(f":is({WORKING}):not(:disabled):visible")).to_have_count(0)
        for key in ("Space", "h", "2", "Enter", "s", "d"):
            await page.keyboard.press(key)
        await expect(page.locator("dialog")).to_have_count(0)
        refused = await page.evaluate(HOLD)
        assert refused == 403

        page = await operator.open("/panel")
        await sign_in(page, "Oral")
        await expect(act(page, "hold")).to_be_enabled()
        await expect(act(page, "end")).to_be_disabled()
        await page.keyboard.press("h")
        await expect(mark(page, "hands")).to_have_text("MANUAL")
        await expect(page.locator('[data-part="log"] li').first).to_contain_text("Oral")
        await page.keyboard.press("h")
        await expect(mark(page, "hands")).to_have_text("AUTO")
        assert (await page.goto(f"{tonight.url}/people")).status == 403  # type: ignore[union-attr]
        operator.faults.clear()

        page = await admin.open("/people")
        await sign_in(page, "Aliya")
        await page.get_by_label("Name of the screen").fill("Monitor left")
        await page.get_by_label("/backstage").check()
        await page.get_by_role("button", name="Make link").click()
        address = await page.locator(".fresh code").inner_text()
        assert await barriers(page) + await what_sticks_out(page) == []
        await page.goto(f"{tonight.url}/panel")
        await expect(act(page, "end")).to_be_enabled()

        linked = await screen.context.new_page()
        await linked.goto(address.replace("localhost", "127.0.0.1"))
        await expect(linked.locator("main")).to_contain_text("Opening film")
        await expect(linked.locator("body")).not_to_contain_text("Only the crew")
        query = address.partition("?")[2]
        for elsewhere, status in (("countdown", 403), ("panel", 403), ("api/v1/state", 403), ("people", 403)):
            answered = await screen.context.request.get(f"{tonight.url}/{elsewhere}?{query}", max_redirects=0)
            assert answered.status in (status, 303), elsewhere

        await page.goto(f"{tonight.url}/people")
        await page.get_by_role("button", name="Revoke").first.click()
        await expect(linked.locator(".lost")).to_be_visible()
    await seen(lambda: tonight.show.phase == "live")
