"""Do tokens and links end when they should, and may people change their own password, and nobody else's?"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.adapters.people import passwords
from broadcaster.panel import guessing
from broadcaster.show.issuing import new_link, new_token
from broadcaster.show.people import Role
from tests.panel import PASSWORD, House, deed, house
from tests.unit.test_panel_api import NOW


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(guessing, "REFUSED_SECONDS", 0.0)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as home:
        yield home


async def test_tokens_and_links_end_by_themselves(home: House) -> None:
    hour = NOW + timedelta(hours=1)
    secret, token = new_token("Deck", Role.OPERATOR, [], by="test", at=NOW, until=hour)
    shown, link = new_link("Foyer", ["/countdown"], by="test", at=NOW, until=hour)
    await home.people.add_token(token, deed())
    await home.people.add_link(link, deed())
    await home.panel.refresh()
    bearer = {"Authorization": f"Bearer {secret.reveal()}"}
    page = f"/countdown?link={shown.reveal()}"
    for at, wanted in ((hour - timedelta(seconds=1), (200, 200)), (hour, (401, 303))):
        await home.clock.advance_to(at)
        asked = (await home.ask("GET", "/api/v1/state", **bearer))[0], (await home.ask("GET", page))[0]
        assert asked == wanted, at


async def test_people_change_their_own_password_and_their_other_browsers_are_out(home: House) -> None:
    here, there, other = await home.sign_in("Vera"), await home.sign_in("Vera"), await home.sign_in("Oral")
    new = "a longer horse"

    async def change(present: str, new: str, again: str) -> tuple[int, str, dict[str, str]]:
        status, page, headers = await home.fill_in(
            "/password", {"present": present, "new": new, "again": again}, cookie=here
        )
        return status, page, dict(headers)

    assert (await home.ask("GET", "/password", here))[0] == 200
    assert "wrong" in (await change("not this one", new, new))[1]
    assert "not the same" in (await change(PASSWORD, new, new + "s"))[1]
    assert "8 to" in (await change(PASSWORD, "short", "short"))[1]
    assert (await home.ask("GET", "/me", there))[0] == 200, "nothing was changed yet"
    status, page, headers = await change(PASSWORD, new, new)
    assert (status, "is changed" in page) == (200, True)
    mine = headers["Set-Cookie"].partition(";")[0]
    asked = [(await home.ask("GET", "/me", cookie))[0] for cookie in (here, there, other, mine)]
    assert asked == [401, 401, 200, 200]
    assert (await home.fill_in("/signin", {"name": "Vera", "password": PASSWORD}))[0] == 403
    assert (await home.fill_in("/signin", {"name": "Vera", "password": new}))[0] == 303
    acts = [(each.act, each.by, each.data.get("user")) for each in await home.people.untold()]
    assert ("password_set", "Vera", "Vera") in acts
    assert new not in repr(acts)


async def test_whoever_guesses_at_the_present_password_has_to_wait(home: House) -> None:
    cookie = await home.sign_in("Vera")
    guess = {"present": "wrong one", "new": "a longer horse", "again": "a longer horse"}
    tried = [(await home.fill_in("/password", guess, cookie=cookie))[0] for _ in range(6)]
    assert tried == [403] * 5 + [429]
