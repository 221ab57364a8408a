"""Can a crew run a show by keys alone, and by a thumb alone? What OBS and YouTube saw is what counts."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Route, expect

from tests.browser.chromium import PHONE
from tests.browser.conftest import Person
from tests.browser.evening import Evening
from tests.browser.touching import Finger, act, confirmed, hold_key, mark, seen, shown
from tests.waiting import until

GO_LIVE = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)


async def test_a_whole_show_is_operated_by_keys(tonight: Evening, person: Person) -> None:
    async with person(tonight.url) as crew:
        page = await crew.open("/panel")
        press = page.keyboard.press
        await tonight.on_stage()
        await expect(mark(page, "phase")).to_have_text("Standby")

        await press("d")  # a minute later, shown first
        await expect(page.locator('input[name="by"]')).to_be_focused()
        await page.keyboard.type("1")
        await expect(page.locator(".ripple .line")).to_contain_text(re.compile("ive at 19:01.*5 segments move by"))
        assert tonight.broadcast["scheduledStartTime"] == GO_LIVE
        await press("Enter")
        await expect(page.locator("dialog")).to_have_count(0)
        await confirmed(page, "delay")
        await expect(shown(page, "next")).to_contain_text("at 19:01:00")
        await seen(lambda: tonight.broadcast["scheduledStartTime"] == GO_LIVE + timedelta(minutes=1))

        await tonight.on_air()
        await expect(mark(page, "phase")).to_have_text("On air")
        assert tonight.broadcast["lifeCycleStatus"] == "live"
        await seen(lambda: tonight.scene == "Film")

        await tonight.waits_for_go()
        await expect(shown(page, "next")).to_contain_text("Waiting for GO")
        assert tonight.scene == "Film"
        await press("Space")
        await confirmed(page, "go")
        assert (tonight.scene, tonight.current) == ("Studio", "welcome")

        await tonight.waits_for_go()
        await press("h")
        await expect(mark(page, "hands")).to_have_text("MANUAL")
        await expect(shown(page, "next")).to_contain_text("Held")
        await press("Space")  # held is held
        await press("h")
        await expect(mark(page, "hands")).to_have_text("AUTO")
        assert tonight.current == "welcome"
        await expect(shown(page, "next")).to_contain_text("Waiting for GO")
        await press("Space")
        await seen(lambda: tonight.scene == "Runway")

        number = list(tonight.document["scenes"]).index("Finale") + 1
        await press(str(number))
        await expect(page.locator('[data-picture="next"] figcaption')).to_have_text("Finale")
        assert tonight.scene == "Runway"
        await press("Enter")
        await expect(page.locator('[data-part="chosen"]')).to_contain_text("Confirmed")
        assert tonight.scene == "Finale"
        await expect(mark(page, "hands")).to_have_text("MANUAL")

        await hold_key(page, "panic", lambda: tonight.scene == "Please stand by")
        await expect(page.locator(".picture.program figcaption")).to_have_text("Please stand by")
        await press("h")  # back to plan
        await expect(mark(page, "hands")).to_have_text("AUTO")
        await seen(lambda: tonight.scene == "Runway")

        await press("s")
        await expect(page.locator("dialog h2")).to_have_text("Skip Chiara Conti")
        await expect(page.locator('[data-act="confirm-shift"]')).to_be_focused()
        await expect(page.locator('[data-act="confirm-shift"]')).to_have_attribute("aria-disabled", "false")
        await press("Enter")
        await expect(page.locator('tr[data-segment="designer-2"]')).to_have_attribute("data-standing", "skipped")

        await tonight.hurry(lambda: tonight.current == "finale" and tonight.scene == "Finale")
        await act(page, "end").focus()
        await page.keyboard.press("Enter")  # a tap is not enough
        await expect(act(page, "end")).to_contain_text("Too short")
        assert tonight.show.phase == "live"
        await hold_key(page, "end", lambda: tonight.show.phase == "closing")
        await tonight.hurry(lambda: tonight.show.phase == "done")
        await expect(mark(page, "phase")).to_have_text(re.compile("over", re.IGNORECASE))
        assert tonight.broadcast["lifeCycleStatus"] == "complete"
        assert not tonight.obs.snapshot()["streaming"]
        scenes = ["Countdown", "Film", "Studio", "Runway", "Finale", "Please stand by", "Runway", "Finale", "Thank you"]
        assert tonight.takes == scenes


async def test_the_same_is_done_with_a_thumb_on_a_phone_that_starts_locked(tonight: Evening, person: Person) -> None:
    async with person(tonight.url, **PHONE) as crew:
        page = await crew.open("/panel")
        finger = await Finger.on(page)
        await tonight.on_air()
        await tonight.waits_for_go()
        await expect(mark(page, "phase")).to_have_text("On air")

        unlock = page.locator('[data-act="unlock"]')
        await expect(unlock).to_be_visible()
        await expect(page.locator('.bar [data-act="go"]')).to_have_count(0)
        await expect(page.locator(".in-show .act:not(:disabled), .scenes button:not(:disabled)")).to_have_count(0)
        await unlock.tap()
        go = page.locator('.bar [data-act="go"]')
        await expect(go).to_contain_text("GO")
        await go.tap()
        await expect(go).to_have_attribute("data-stage", "confirmed")
        assert tonight.scene == "Studio"

        await page.locator('.bar [data-act="hold"]').tap()
        await expect(mark(page, "hands")).to_have_text("MANUAL")
        await page.locator('.bar [data-act="resume"]').tap()
        await expect(mark(page, "hands")).to_have_text("AUTO")

        ends = tonight.document["expected_end"]
        await page.locator('[data-act="more"]').tap()
        sheet = page.locator('dialog[data-dialog="more"]')
        await sheet.locator('[data-act="delay"]').tap()
        await page.locator('dialog[data-dialog="shift"] .quick button', has_text="+5").tap()
        confirm = page.locator('[data-act="confirm-shift"]')
        await expect(confirm).to_have_attribute("aria-disabled", "false")
        await confirm.tap()
        await seen(lambda: tonight.document["expected_end"] > ends)

        await page.locator('.tabs [data-to="show"]').tap()
        await page.locator('.scenes [data-scene="Finale"]').tap()
        await page.locator('[data-part="chosen"] [data-act="take"]').tap()
        await seen(lambda: tonight.scene == "Finale")

        await page.locator('[data-act="more"]').tap()
        panic = sheet.locator('[data-act="panic"]')
        await panic.tap()
        await expect(panic).to_contain_text("Too short")
        assert tonight.scene == "Finale"
        await finger.hold(panic, lambda: tonight.scene == "Please stand by")
        await page.locator('dialog[data-dialog="more"] button[aria-label="Close"]').tap()
        await page.locator('.bar [data-act="resume"]').tap()
        await seen(lambda: tonight.scene == "Studio")


async def test_of_two_who_press_at_once_one_takes_effect_and_the_other_is_told(
    tonight: Evening, person: Person
) -> None:
    """Both saw the same segment wait for GO; their orders arrive one after the other."""
    together = asyncio.Barrier(2)

    async def wait_for_the_other(route: Route) -> None:
        async with asyncio.timeout(20):
            await together.wait()
        await route.continue_()

    expected = ["status of 409"]
    async with person(tonight.url, expected=expected) as one, person(tonight.url, expected=expected) as other:
        pages = [await one.open("/panel"), await other.open("/panel")]
        await tonight.on_air()
        await tonight.waits_for_go()
        for page in pages:
            await expect(shown(page, "next")).to_contain_text("Waiting for GO")
            await page.route("**/api/v1/go", wait_for_the_other, times=1)
        await asyncio.gather(*(page.keyboard.press("Space") for page in pages))
        notices = [page.locator('[data-part="notice"]') for page in pages]
        await seen(lambda: tonight.scene == "Studio")
        await until(lambda: _count(notices), 20)
        told = [page for page, notice in zip(pages, notices, strict=True) if await notice.count()]
        assert len(told) == 1, "one clear message, for the one whose order came late"
        words = told[0].locator('[data-part="notice"]')
        await expect(words).to_contain_text("Take next: not done, the show had moved on.")
        await expect(words.locator("li").first).to_contain_text("GO: welcome")
        assert tonight.takes == ["Countdown", "Film", "Studio"]
        assert tonight.current == "welcome"
        await told[0].keyboard.press("Escape")
        await expect(words).to_have_count(0)


async def _count(notices: list[Locator]) -> int:
    return sum([await notice.count() for notice in notices])
