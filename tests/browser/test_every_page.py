"""Is every page fit for every eye, every screen, every language and every text that somebody may type?"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Dialog, Page, expect

from broadcaster.season.plan import GuestPlan, Plan
from tests.browser.chromium import DESK, PHONE, Watched
from tests.browser.conftest import Person
from tests.browser.evening import SEASON, Evening, evening
from tests.browser.looks import barriers, boxes, targets_too_small, what_moves, what_sticks_out
from tests.browser.touching import act, mark, seen, shown

PAGES = {
    "/panel": ".top",
    "/backstage": ".cards",
    "/countdown": ".count",
    "/cuesheet": "tbody tr",
    "/tally": ".scenes",
    "/tally?scene=Film": ".light",
    "/season": "main",
    "/announcements": ".line",
    "/announcements?view=calendar": ".calendar",
    "/people": "main",
}
"""Each page for people, and what is there once it is drawn."""
OVERLAYS = ("/overlay/lower-third", "/overlay/countdown?to=segment")


async def ready(crew: Watched, path: str) -> Page:
    """The page, drawn."""
    page = await crew.open(path)
    await expect(page.locator(PAGES.get(path, "body")).first).to_be_visible()
    return page


async def test_axe_finds_nothing_serious_on_any_page_before_a_show_and_on_air(tonight: Evening, person: Person) -> None:
    found = []
    async with person(tonight.url) as desk, person(tonight.url, **PHONE) as phone:
        pages = [await ready(desk, path) for path in PAGES]
        pages += [await ready(phone, "/panel"), await ready(phone, "/backstage")]
        for page in pages:
            found += await barriers(page)
        await tonight.on_air()
        await seen(lambda: tonight.scene == "Film")
        await expect(mark(pages[0], "phase")).to_have_text("On air")
        for page in pages:
            found += await barriers(page)
        await pages[0].bring_to_front()
        await pages[0].keyboard.press("d")
        await expect(pages[0].locator('input[name="by"]')).to_be_focused()
        await pages[0].keyboard.type("1")
        await expect(pages[0].locator(".ripple .line")).to_be_visible()
        found += await barriers(pages[0])
        await pages[0].keyboard.press("Escape")
        await pages[0].keyboard.press("?")
        await expect(pages[0].locator('dialog[data-dialog="keys"]')).to_be_visible()
        found += await barriers(pages[0])
        await phone_unlocked(pages[-2])
        found += await barriers(pages[-2])
    assert found == []


async def phone_unlocked(page: Page) -> None:
    await page.locator('[data-act="unlock"]').tap()
    await expect(page.locator('.bar [data-act="go"]')).to_be_visible()


LONG = "Ә" + "ғқңөұүһі" * 8
"""More than sixty letters, without a place to break."""
FILM = "<i>Film</i> with a scene name of sixty letters, and then some more"
TITLES = (
    "<img src=x onerror='window.pwned=1'>" + "x" * 10_000,
    LONG,
    "{{ 7 * 7 }} ${window.pwned=1} javascript:alert(1) \u0007\x00\u200f" + LONG,
    "\u202eمرحبا بكم في عرض الأزياء " * 4 + "'\"><svg onload=alert(1)>",
    "and more " * 1_200,
)
"""For each segment; the season's file would refuse some of them, which the pages must not rely on."""


def hostile(plan: Plan) -> Plan:
    """The season, with everything that a person types typed by somebody who means it badly."""
    (show,) = plan.shows
    segments = [
        replace(
            segment,
            title=title,
            guests=(GuestPlan(id="guest", name=title[:400], zone="Asia/Ho_Chi_Minh"),),
            notes=title,
        )
        for segment, title in zip(show.segments, TITLES, strict=True)
    ]
    title = "\u202eright to left\u2066 <script>document.title='pwned'</script>" + " and more" * 1_100
    show = replace(show, title=title, notes=title, segments=tuple(segments))
    return replace(plan, title="<b>bold</b>" + LONG, shows=(show,))


async def test_hostile_names_run_nothing_and_push_nothing_off_any_page(
    tmp_path: Path, person: Person, no_leaked_tasks: None
) -> None:
    season = SEASON.replace('"Film"', f'"{FILM}"').replace('"Runway"', f'"{LONG[:60]}"')
    season = season.replace("Aspara Fashion Week", "<b>Ұзақ атаулы</b> сәнгер " * 6)
    found: list[str] = []
    async with evening(tmp_path, season, changed=hostile) as tonight:
        await tonight.stop()
        tonight.obs.state.scenes[0].name = "\u202e\u0007<script>window.pwned=1</script>" + "y" * 300
        await tonight.start()
        await tonight.on_air()
        await seen(lambda: tonight.scene == FILM)
        for size in (DESK, PHONE):
            async with person(tonight.url, **size) as crew:
                crew.context.on("dialog", partial(_note, found))
                for path in (*PAGES, *OVERLAYS):
                    page = await ready(crew, path.replace("=Film", f"={quote(FILM)}"))
                    found += await what_sticks_out(page)
                    assert await page.evaluate("() => window.pwned") is None
                    assert await page.title() != "pwned"
                    assert await page.locator('img[src="x"], body script:not([src]), svg[onload], main b').count() == 0
                    if path == "/panel":
                        found += await every_part(page)
    assert found == []


async def _note(found: list[str], dialog: Dialog) -> None:
    found.append(f"a script said {dialog.message}")
    await dialog.dismiss()


async def every_part(page: Page) -> list[str]:
    """What sticks out of the live page in its tabs and dialogs."""
    found = []
    tabs = page.locator(".tabs button:visible")
    for place in range(await tabs.count()):
        await tabs.nth(place).click()
        found += await what_sticks_out(page)
    lock = page.locator('[data-act="lock"]')
    if await lock.get_attribute("aria-pressed") == "true":
        await lock.click()
    await expect(lock).to_have_attribute("aria-pressed", "false")
    for key in "ds?":
        await page.keyboard.press(key)
        await expect(page.locator("dialog")).to_be_visible()
        if key == "d":
            await expect(page.locator('input[name="by"]')).to_be_focused()
            await page.keyboard.type("5")
            await expect(page.locator(".ripple .line")).to_be_visible()
        found += await what_sticks_out(page)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_nothing_jumps_while_numbers_change_and_nothing_moves_where_motion_is_unwanted(
    tonight: Evening, person: Person, size: Mapping[str, Any]
) -> None:
    steady = ".figure, [data-figure=clock], .act, .scenes button, .bar, .picture, .mark, .card, .tabs button"
    async with person(tonight.url, reduced_motion="reduce", **size) as crew:
        page, overlay, countdown = [await crew.open(path) for path in ("/panel", OVERLAYS[0], "/countdown")]
        await tonight.on_air()
        await expect(mark(page, "phase")).to_have_text("On air")
        await seen(lambda: tonight.scene == "Film")
        await expect(page.locator('[data-post$="live"][data-end="done"], [data-end="done"]').first).to_be_attached()
        before, number = await boxes(page, steady), await boxes(countdown, ".count > *")
        for _ in range(4):
            told = await shown(page, "clock").inner_text()
            await expect(shown(page, "clock")).not_to_have_text(told)
            assert await boxes(page, steady) == before
            assert await boxes(countdown, ".count > *") == number

        await tonight.waits_for_go()
        if size is PHONE:
            await page.locator('[data-act="unlock"]').tap()
        await act(page, "go").click()
        await expect(act(page, "go")).to_have_attribute("data-stage", "confirmed")
        moving = await what_moves(page)
        await tonight.hurry(lambda: "graphics" in tonight.document)
        await expect(overlay.locator("body")).to_contain_text("Aspara Fashion Week")
        moving += await what_moves(overlay)
        assert moving == []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
async def test_every_language_fits_on_every_page_and_every_button_is_a_thumb_wide(
    tonight: Evening, person: Person, language: str
) -> None:
    found: list[str] = []
    await tonight.on_air()
    await tonight.waits_for_go()
    for size in (DESK, PHONE):
        async with person(tonight.url, **size) as crew:
            for path in PAGES:
                page = await ready(crew, f"{path}{'&' if '?' in path else '?'}lang={language}")
                assert await page.locator("html").get_attribute("lang") == language
                found += await what_sticks_out(page)
                if path == "/panel":
                    found += await every_part(page)
                if size is PHONE:
                    found += await targets_too_small(page)
    assert found == []
