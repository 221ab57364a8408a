"""Does the crew see every post, with what it says and when, and can each role do with it what it may?"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from broadcaster.season.plan import Cue, Lane
from broadcaster.season.walltime import local
from broadcaster.show.people import Role
from tests.browser.chromium import PHONE
from tests.browser.conftest import Person
from tests.browser.evening import SEASON, Evening, evening
from tests.browser.looks import barriers, targets_too_small, what_sticks_out
from tests.browser.test_people import sign_in
from tests.browser.touching import Finger, hold_key

ANNOUNCED = SEASON.replace('languages = ["en"]', 'languages = ["en", "kk"]').replace(
    "[[announcement]]",
    """
[audiences.home]
timezone = "Asia/Almaty"
language = "kk"

[audiences.samoa]
timezone = "Pacific/Pago_Pago"
language = "en"
quiet = { from = "01:00", to = "04:00", then = "skip" }

[[announcement]]
id = "today"
shows = ["*"]
at = { days_before = 0, time = "10:00", zone = "audience" }
audiences = ["home", "samoa"]
channels = ["news"]
late = { grace = "1m", then = "ask" }
text.en = "Today: {{ show.title }}, {{ go_live | local_time }} <b>& more</b>"
text.kk = "Бүгін: {{ show.title }}, {{ go_live | local_time }}"

[[announcement]]
id = "off"
shows = ["*"]
at = { when = "cancelled" }
audiences = ["home"]
channels = ["news"]
text.kk = "Болмайды: {{ show.title }}"

[[announcement]]
id = "begin"
shows = ["*"]
at = { when = "live" }
audiences = ["samoa"]
channels = ["news"]
text.en = "On air: {{ show.title }}"

[[announcement]]
id = "soon"
shows = ["*"]
at = { before = "15m" }
channels = ["news"]
text.en = "Soon: {{ show.title }}"
text.kk = "Жақында: {{ show.title }}"

[[announcement]]""",
    1,
)
LOST = {"kind": "lose", "match": "POST .*sendMessage"}
REFUSED = {"kind": "refuse", "match": "POST .*sendMessage", "status": 403, "reason": "bot was kicked", "times": 1}


@pytest_asyncio.fixture(loop_scope="session")
async def announced(tmp_path: Path, no_leaked_tasks: None) -> AsyncIterator[Evening]:
    """An evening with announcements to two audiences, a second before the first of them."""
    async with evening(tmp_path, ANNOUNCED) as made:
        yield made


def cues(tonight: Evening) -> list[Cue]:
    """Every post of the season."""
    return [cue for show in tonight.plan.shows for cue in show.cues_of(Lane.POSTS)]


def said(tonight: Evening) -> list[str]:
    """What was sent, as the emulated channel has it."""
    chats: dict[str, list[dict[str, Any]]] = tonight.far.emulators["telegram"].snapshot()["chats"]
    return [message["text"] for messages in chats.values() for message in messages]


def line(page: Page, cue: str) -> Locator:
    """A post's line in the table."""
    return page.locator(f'.line[data-post="{cue}"]')


def named(tonight: Evening, name: str) -> str:
    """The id of the one post that is called so."""
    (found,) = (cue.id for cue in cues(tonight) if name in cue.id)
    return found


async def opened(page: Page, cue: str) -> Locator:
    """All that is known of a post."""
    await line(page, cue).locator(".pick").click()
    return page.locator(f'[data-detail="{cue}"]')


async def test_every_post_stands_there_on_three_clocks_and_moves_with_the_show(
    announced: Evening, person: Person
) -> None:
    tonight = announced
    async with person(tonight.url) as crew, person(tonight.url, **PHONE) as phone:
        page = await crew.open("/announcements")
        await expect(page.locator(".line")).to_have_count(len(cues(tonight)))
        head = page.locator('.group[data-show="tonight"] .when')
        await expect(head).to_contain_text("Wed 20 Oct, 19:00")
        off = named(tonight, "off/news/home")
        await expect(page.locator(".only-if summary")).to_have_text("Only if delayed or cancelled (1)")
        await expect(line(page, off)).to_be_hidden()
        await page.locator(".only-if summary").click()
        await expect(line(page, off).locator(".mark")).to_have_text("Only if cancelled")
        await expect(line(page, off).locator(".c-utc")).to_have_text("\N{EM DASH}")
        asleep = line(page, named(tonight, "begin/news/samoa"))
        await expect(asleep.locator(".mark")).to_have_text("Will be left out")
        await expect(asleep.locator(".why")).to_have_text("its readers have quiet hours then, 01:00-04:00")
        await expect(line(page, named(tonight, "live/news/en")).locator(".c-reader")).to_have_text("readers of en")
        for cue in cues(tonight):
            if cue.id == off:
                continue
            row, assumed = line(page, cue.id), [cue.zone, "Asia/Almaty", "UTC"]
            for cell, zone in zip(("c-local time", "c-show", "c-utc"), assumed, strict=True):
                await expect(row.locator(f".{cell}")).to_have_text(f"{local(cue.at, zone):%H:%M}")
            assert cue.post is not None
            await expect(row.locator(".beginning")).to_have_attribute("lang", cue.post.language)
        samoa = named(tonight, "today/news/samoa")
        await expect(line(page, samoa)).to_contain_text("UTC\N{MINUS SIGN}11")
        detail = await opened(page, samoa)
        await expect(detail.locator(".words-shown")).to_have_text("Today: Tonight in Taraz, 03:00 <b>& more</b>")
        await expect(detail).to_contain_text(re.compile(r"\d+ of 4096 letters"))
        await expect(page.locator('.line[data-next="true"]')).to_have_count(1)

        calendar = await crew.open("/announcements?view=calendar&clock=readers")
        theirs = calendar.locator(f'[data-day="2027-10-20"] [data-post="{samoa}"]')
        await calendar.locator('[data-day="2027-10-20"] > button').click()
        await expect(theirs).to_contain_text("10:00")
        await expect(calendar.locator('[data-day="2027-10-20"] [data-show="tonight"]')).to_contain_text("19:00")
        await calendar.locator('[data-clock="show"]').click()
        await expect(calendar.locator(f'[data-day="2027-10-21"] [data-post="{samoa}"]')).to_contain_text("02:00")
        small = await phone.open("/announcements?view=calendar")
        await expect(small.locator(".days [data-post]")).to_have_count(len(cues(tonight)) - 1)
        await expect(small.locator("p.only-if")).to_contain_text("1 post that goes out only if")
        found = [each for one in (page, calendar, small) for each in await barriers(one) + await what_sticks_out(one)]
        assert found + await targets_too_small(small) == []

        home = named(tonight, "today/news/home")
        await page.bring_to_front()
        await page.mouse.move(0, 0)
        await tonight.hurry(lambda: len(said(tonight)) == 1)
        await expect(page.locator(f'.over [data-post="{home}"]')).to_have_attribute("data-standing", "out")
        await tonight.on_stage()
        await expect(page.locator('.over .line[data-standing="out"]')).to_have_count(len(said(tonight)))
        await page.get_by_role("combobox", name="Readers").select_option(label="Алматы")
        await expect(page.locator(".line")).to_have_count(2)  # what was for a cancelled show is over, too
        await expect(page).to_have_url(re.compile("audience=home"))


async def test_a_director_writes_a_post_anew_and_sends_it_and_all_of_that_is_seen(
    announced: Evening, person: Person
) -> None:
    tonight = announced
    soon = named(tonight, "soon/news/en")
    async with person(tonight.url) as crew, person(tonight.url) as other:
        page = await crew.open("/announcements")
        elsewhere = await other.open("/announcements")
        detail = await opened(page, soon)
        await detail.locator('[data-act="hold"]').click()
        await expect(line(elsewhere, soon)).to_have_attribute("data-standing", "held")
        await detail.locator('[data-act="resume"]').click()
        await expect(line(elsewhere, soon)).to_have_attribute("data-standing", "planned")

        theirs = await opened(elsewhere, soon)
        await theirs.locator('[data-act="edit"]').click()
        await detail.locator('[data-act="edit"]').click()
        field = page.locator('textarea[name="text"]')
        await expect(field).to_be_focused()
        await field.fill("x" * 4097)
        await expect(page.locator(".length[data-over=true]").last).to_contain_text("1 too many")
        await expect(page.locator('[data-act="save"]')).to_have_attribute("aria-disabled", "true")
        assert await barriers(page) == []
        words = "Бәрі <b>өзгерді</b>: {{ show.title }}"
        await field.fill(words)
        await expect(page.locator("dialog .words-shown")).to_have_text(words)
        await page.locator('[data-act="save"]').click()
        await expect(page.locator("dialog")).to_have_count(0)
        await expect(detail.locator(".words-shown").first).to_have_text(words)

        await elsewhere.locator('textarea[name="text"]').fill("My words")
        await expect(elsewhere.locator("dialog .trouble")).to_contain_text(words)
        await expect(elsewhere.locator('[data-act="save"]')).to_have_attribute("aria-disabled", "true")
        await elsewhere.keyboard.press("Escape")

        send = detail.locator('[data-act="send"]')
        await send.focus()
        await page.keyboard.press("Enter")
        await expect(send).to_contain_text("Too short")
        await hold_key(page, "send", lambda: words in said(tonight))
        await page.mouse.move(0, 0)
        await expect(page.locator(f'.over [data-post="{soon}"]')).to_have_attribute("data-standing", "out")
        assert [text for text in said(tonight) if text.startswith(("Soon", "Бәрі"))] == [words]


async def test_a_post_that_nobody_knows_of_asks_on_both_pages_and_is_settled_by_a_thumb(
    announced: Evening, person: Person
) -> None:
    tonight = announced
    tonight.far.emulators["telegram"].room.add_fault(LOST)
    home = named(tonight, "today/news/home")
    async with person(tonight.url) as crew, person(tonight.url, **PHONE) as phone:
        page = await crew.open("/panel")
        small = await phone.open("/announcements?locked=no")
        await tonight.hurry(lambda: tonight.document["posts"][home]["standing"] == "asks")
        asking = page.locator(f'[data-part="alerts"] [data-asks="{home}"]')
        await expect(asking).to_contain_text("Look in news first")
        await expect(asking.locator("button")).to_have_text([re.compile("It is out"), re.compile("Send it again")])
        there = small.locator(f'.asking [data-asks="{home}"]')
        await expect(there).to_contain_text("Look in news first")
        await expect(there).to_contain_text("Tonight in Taraz · Алматы")
        await expect(there).to_contain_text("due Wed 20 Oct, 10:00:00")
        assert await barriers(small) + await what_sticks_out(small) + await targets_too_small(small) == []
        finger = await Finger.on(small)
        await finger.hold(
            there.locator('[data-act="sent"]'), lambda: tonight.document["posts"][home]["standing"] == "out"
        )
        await expect(there).to_have_count(0)
        await expect(asking).to_have_count(0)
    assert len([text for text in said(tonight) if text.startswith("Бүгін")]) == 1


async def test_a_post_that_failed_says_why_and_is_sent_once_its_channel_is_mended(
    announced: Evening, person: Person
) -> None:
    tonight = announced
    tonight.far.emulators["telegram"].room.add_fault(REFUSED)
    home = named(tonight, "today/news/home")
    async with person(tonight.url) as crew, person(tonight.url, **PHONE) as phone:
        page = await crew.open("/announcements?standing=failed&show=tonight")
        small = await phone.open("/announcements?locked=no&standing=failed&show=tonight")
        await tonight.hurry(lambda: tonight.document["posts"][home]["standing"] == "failed")
        for each in (page, small):
            detail = await opened(each, home)
            await expect(detail).to_contain_text("bot was kicked")
            await expect(detail.locator('[data-part="left-out"]')).to_contain_text("can still be sent")
            await expect(detail.locator("[data-act]:enabled")).to_have_count(2)
            assert await barriers(each) + await what_sticks_out(each) == []
        assert await targets_too_small(small) == []
        finger = await Finger.on(small)
        where = small.locator(f'[data-detail="{home}"] [data-act="send"]')
        await finger.hold(where, lambda: tonight.document["posts"][home]["standing"] == "out")
        await expect(line(page, home)).to_have_count(0)
    assert len([text for text in said(tonight) if text.startswith("Бүгін")]) == 1


async def test_each_role_finds_its_own_acts_and_a_screen_only_what_is_public(
    tmp_path: Path, person: Person, no_leaked_tasks: None
) -> None:
    people = {"Vera": Role.VIEWER, "Oral": Role.OPERATOR, "Aliya": Role.ADMIN}
    async with evening(tmp_path, ANNOUNCED, people=people) as tonight:
        soon = named(tonight, "soon/news/kk")
        async with person(tonight.url) as viewer, person(tonight.url) as operator, person(tonight.url) as admin:
            for crew, name, buttons in (
                (viewer, "Vera", []),
                (operator, "Oral", ["hold", "send", "skip", "cancel"]),
                (admin, "Aliya", ["hold", "edit", "send", "skip", "cancel"]),
            ):
                page = await crew.open("/announcements")
                await sign_in(page, name)
                detail = await opened(page, soon)
                await expect(detail.locator(".words-shown")).to_have_text("Жақында: Tonight in Taraz")
                enabled = detail.locator("[data-act]:enabled")
                await expect(enabled).to_have_count(len(buttons))
                assert [await each.get_attribute("data-act") for each in await enabled.all()] == buttons
                ends = page.locator('.group [data-act="cancel-show"]')
                await expect(ends).to_have_count(1 if name == "Aliya" else 0)

            await page.locator('.group [data-act="cancel-show"]').click()
            await expect(page.locator("dialog .line")).to_contain_text("will not take place")
            assert await barriers(page) + await what_sticks_out(page) == []
            await page.get_by_role("button", name="Let it take place").click()
            page = await admin.open("/people")
            await page.get_by_label("Name of the screen").fill("Foyer")
            await page.get_by_label("/announcements").check()
            await page.get_by_role("button", name="Make link").click()
            address = (await page.locator(".fresh code").inner_text()).replace("localhost", "127.0.0.1")
        async with person(tonight.url) as screen:
            page = await screen.context.new_page()
            await page.goto(address)
            await expect(line(page, soon)).to_have_count(1)
            await expect(page.locator("body")).not_to_contain_text("Жақында")
            await expect(page.locator("[data-act]")).to_have_count(0)
            await tonight.hurry(lambda: len(said(tonight)) == 1)
            await expect(page.locator(".over .beginning").first).to_contain_text("Бүгін", timeout=30_000)
