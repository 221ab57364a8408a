"""What do the pages look like, for the docs? `python -m tests.browser.pictures [FOLDER]` plays season V and draws them.

Each picture has at most 256 colours, so that the folder stays small.
"""

import argparse
import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.chromium import DESK, PHONE, Watched, chromium, watched
from tests.browser.evening import Evening, evening
from tests.browser.touching import act, mark, seen, shown

ROOT = Path(__file__).parents[2]
SEASON_V = ROOT / "schedules" / "season-v.toml"
COLOURS = 256
AT_REST = """() => new Promise((done) => {
  const look = (before, still) => (still > 15 ? done() : requestAnimationFrame(() =>
    look(scrollY, scrollY === before ? still + 1 : 0)));
  look(scrollY, 0);
})"""
ON_AIR = "designer-01"
LOWER_THIRD = "/overlay/lower-third?at=bottom-left"

ANNOUNCED = "panel-announcements"
BEFORE = {"panel-before": (DESK, "/panel"), "countdown-phone": (PHONE, "/countdown?to=live")}
LIVE = {
    "backstage-desk": (DESK, "/backstage?me=designer-07"),
    "backstage-phone": (PHONE, "/backstage?me=designer-03"),
    "countdown-desk": (DESK, "/countdown?to=segment&clock=1"),
    "cuesheet-desk": (DESK, "/cuesheet"),
    "cuesheet-phone": (PHONE, "/cuesheet"),
    "tally-desk": (DESK, "/tally"),
    "tally-phone": (PHONE, "/tally?scene=Zoom+podium"),
    "season-desk": (DESK, "/season"),
    "season-phone": (PHONE, "/season"),
}


async def draw(page: Page, path: Path) -> None:
    """Take the picture of a page that has come to rest."""
    await page.evaluate("() => document.fonts.ready.then(() => undefined)")
    await page.evaluate(AT_REST)
    png = await page.screenshot(type="png", animations="disabled")
    await asyncio.to_thread(keep, png, path)  # the service runs on this loop


def keep(png: bytes, path: Path) -> None:
    """Write the picture with few colours, and a phone's at three quarters of its pixels."""
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    if drawn.width == 2 * PHONE["viewport"]["width"]:
        drawn = drawn.resize((drawn.width * 3 // 4, drawn.height * 3 // 4), Image.Resampling.LANCZOS)
    few = drawn.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(path)


async def draw_all(folder: Path, wanted: dict[str, tuple[dict[str, object], str]], people: dict[str, Watched]) -> None:
    """Each page at its size."""
    for name, (size, path) in wanted.items():
        page = await people["desk" if size is DESK else "phone"].open(path)
        await expect(page.locator("main").first).to_be_visible()
        if "backstage" in name or "tally" in name or "countdown" in name:
            await expect(page.locator(".screen > main, .screen main").first).to_be_visible()
        await draw(page, folder / f"{name}.png")
        await page.close()


async def main(folder: Path) -> None:
    """Play the evening, and draw it."""
    with tempfile.TemporaryDirectory() as state:
        async with evening(Path(state), SEASON_V) as tonight, chromium() as browser:
            async with watched(browser, tonight.url) as desk, watched(browser, tonight.url, **PHONE) as phone:
                await draw_evening(folder, tonight, {"desk": desk, "phone": phone})


async def draw_evening(folder: Path, tonight: Evening, people: dict[str, Watched]) -> None:
    """From the hour before the show to a panic."""
    overlay = await people["desk"].open(LOWER_THIRD)
    panel, small = [await each.open("/panel") for each in people.values()]
    await tonight.on_stage()
    await tonight.hurry(lambda: (tonight.plan.shows[0].go_live - tonight.clock.now()).total_seconds() < 754)
    await expect(mark(panel, "phase")).to_have_text("Standby")
    await with_pictures(panel)
    await draw(panel, folder / "panel-before.png")
    await draw_all(folder, {name: each for name, each in BEFORE.items() if name != "panel-before"}, people)
    await draw_announcements(folder, people["desk"])

    await tonight.hurry(lambda: tonight.current == "designer-02")
    await seen(lambda: tonight.scene == "Zoom podium")
    await panel.bring_to_front()
    await panel.keyboard.press("d")
    await expect(panel.locator('input[name="by"]')).to_be_focused()
    await panel.keyboard.type("4")
    await expect(panel.locator(".ripple table")).to_be_visible()
    await draw(panel, folder / "panel-delay.png")
    await panel.keyboard.press("Enter")
    await expect(panel.locator("dialog")).to_have_count(0)
    await tonight.hurry(lambda: "graphics" in tonight.document and tonight.current != "designer-02")
    await overlay.bring_to_front()
    await expect(overlay.locator("#lower-third.is-shown")).to_be_visible()
    await overlay.evaluate("() => (document.documentElement.style.background = '#24303c')")  # for the scene in OBS
    await draw(overlay, folder / "lower-third.png")
    await panel.bring_to_front()
    await with_pictures(panel)
    await draw(panel, folder / "panel-desk.png")
    await small.locator('[data-act="unlock"]').tap()
    await with_pictures(small)
    await draw(small, folder / "panel-phone.png")
    await draw_all(folder, LIVE, people)

    await small.locator('.tabs [data-to="rundown"]').tap()
    await draw(small, folder / "panel-phone-rundown.png")
    await panel.bring_to_front()
    await act(panel, "panic").focus()
    await panel.keyboard.down("Enter")
    await seen(lambda: tonight.scene == "Please stand by")
    await panel.keyboard.up("Enter")
    await expect(shown(panel, "clock")).to_be_visible()
    await expect(mark(panel, "hands")).to_have_text("MANUAL")
    for _ in range(2):  # the one that was on its way is of before
        await another_picture(panel)
    await with_pictures(panel)
    await draw(panel, folder / "panel-panic.png")


async def draw_announcements(folder: Path, desk: Watched) -> None:
    """Every post, one of them open."""
    page = await desk.open("/announcements")
    await page.locator(".line .pick").nth(1).click()
    await expect(page.locator(".detail .words-shown")).to_be_visible()
    await page.mouse.move(0, 0)
    await draw(page, folder / f"{ANNOUNCED}.png")
    await page.close()


async def with_pictures(page: Page) -> None:
    """Wait until both pictures are there, and of the scene that is named below them."""
    for kind in ("program", "next"):
        await expect(page.locator(f'[data-picture="{kind}"][data-stale="false"] img')).to_be_visible()


async def another_picture(page: Page) -> None:
    """Wait for the next picture of the program."""
    picture = page.locator('[data-picture="program"] img')
    await expect(picture).not_to_have_attribute("src", await picture.get_attribute("src") or "")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "images")
    wanted = asked.parse_args().folder
    wanted.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(wanted))
