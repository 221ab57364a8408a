"""Does everybody get in who may, nobody else, and does what was taken away hold at once?"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.people import SQLPeople, passwords
from broadcaster.panel import Panel, guessing
from broadcaster.panel.origin import Access
from broadcaster.panel.roles import PUBLIC, SCREEN_PAGES, TABLE
from broadcaster.ports import Secret
from broadcaster.season.errors import BroadcastError, JournalUnavailable
from broadcaster.show.issuing import new_link, new_token
from broadcaster.show.orders import Order, Word
from broadcaster.show.people import Kind, Role
from broadcaster.show.records import stamp
from tests.panel import NAMES, PASSWORD, House, deed, house, made
from tests.unit.test_panel_api import BEARER, NOW, TOKEN, FakeDesk
from tests.waiting import until

ORDER = {"Content_Type": "application/json"}


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(guessing, "REFUSED_SECONDS", 0.0)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as home:
        yield home


# -- the table ------------------------------------------------------------------------------------------------------


def filled(path: str) -> str:
    return path.replace("{language}", "en").replace("{path}", "house.css").replace("{name}", "live")


async def test_every_route_is_in_the_table_and_every_role_gets_what_it_says(home: House) -> None:
    app = home.client.app
    assert app is not None
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}
    routes = {(method, path) for method, path in routes if method != "HEAD"}
    assert routes <= set(TABLE), "a route that is not in the table is closed to all"
    cookies = {role: await home.sign_in(name) for role, name in NAMES.items()}
    secret, link = new_link("Foyer", SCREEN_PAGES, by="test", at=NOW)
    await home.people.add_link(link, deed())
    await home.panel.refresh()
    for method, path in sorted(routes - {("POST", "/signout"), ("GET", "/api/v1/live")}):
        least = TABLE[method, path]
        status, _, _ = await home.ask(method, filled(path))
        assert (status not in (401, 303)) is (least == PUBLIC), (method, path, "nobody")
        status, _, _ = await home.ask(method, f"{filled(path)}?link={secret.reveal()}")
        assert (status != 403) is (least in (PUBLIC, Role.SCREEN)), (method, path, "link")
        for role, cookie in cookies.items():
            status, said, _ = await home.ask(method, filled(path), cookie)
            is_open = least == PUBLIC or role.covers(Role(least))
            assert status != 401, (method, path, role)
            assert ("this needs the role" not in said) is is_open, (method, path, role, said)


async def test_a_route_that_nobody_put_into_the_table_is_closed(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLE, ("GET", "/api/v1/state"))
    status, said, _ = await home.ask("GET", "/api/v1/state", **BEARER)
    assert (status, "nobody may use" in said) == (403, True)


async def test_a_link_opens_its_pages_and_the_stage_and_nothing_else(home: House) -> None:
    secret, link = new_link("Foyer", ["/countdown"], by="test", at=NOW)
    await home.people.add_link(link, deed())
    await home.panel.refresh()
    query = f"?link={secret.reveal()}"
    assert (await home.ask("GET", f"/countdown{query}"))[0] == 200
    for path in ("/backstage", "/panel", "/api/v1/state", "/people", "/me"):
        assert (await home.ask("GET", path + query))[0] == 403, path
    async with home.client.ws_connect(f"/api/v1/live{query}&view=desk") as socket:
        await socket.receive()
        assert socket.close_code == 4403
    await home.people.revoke_link("foyer", deed())
    await home.panel.refresh()
    assert (await home.ask("GET", f"/countdown{query}"))[0] == 303


async def test_a_token_has_its_role_and_its_words_and_is_gone_when_revoked(home: House) -> None:
    secret, token = new_token("Deck", Role.OPERATOR, ["go", "hold"], by="test", at=NOW)
    await home.people.add_token(token, deed())
    await home.panel.refresh()
    bearer = {"Authorization": f"Bearer {secret.reveal()}"}
    assert secret.reveal().startswith("bc_")
    assert (await home.ask("GET", "/api/v1/state", **bearer))[0] == 200
    assert (await home.ask("POST", "/api/v1/go", **bearer, X_Broadcaster_Who="Aliya"))[0] == 200
    assert home.desk.carried_out[-1].who == "Aliya via Deck"
    status, said, _ = await home.ask("POST", "/api/v1/skip", **bearer)
    assert (status, "limited to go, hold" in said) == (403, True)
    assert (await home.ask("POST", "/api/v1/end", **bearer))[0] == 403
    await home.people.revoke_token(token.id, deed())
    await home.panel.refresh()
    assert (await home.ask("GET", "/api/v1/state", **bearer))[0] == 401


async def test_to_go_live_before_the_time_takes_a_director(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    view = home.desk.view() | {"go_live": stamp(NOW + timedelta(minutes=1))}
    monkeypatch.setattr(home.desk, "view", lambda: view)
    operator, director = await home.sign_in("Oral"), await home.sign_in("Dana")
    status, said, _ = await home.ask("POST", "/api/v1/go", operator)
    assert (status, "needs the role director" in said) == (403, True)
    assert (await home.ask("POST", "/api/v1/go", director))[0] == 200
    await home.clock.advance_to(NOW + timedelta(minutes=1))
    assert (await home.ask("POST", "/api/v1/go", operator))[0] == 200


async def test_a_delay_backwards_is_a_directors_once_it_comes_before_the_planned_time(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    delayed = replace(
        home.desk.preview(Order(word=Word.DELAY, who="", source="")), live_before=NOW + timedelta(minutes=5)
    )
    plan = SimpleNamespace(shows=[SimpleNamespace(id="day-1", go_live=NOW)])
    monkeypatch.setattr(home.desk, "plan", plan, raising=False)
    operator, director = await home.sign_in("Oral"), await home.sign_in("Dana")
    body, statuses = {"by": "\u2212 5m"}, []
    for live in (NOW, NOW - timedelta(seconds=1)):
        monkeypatch.setattr(home.desk, "preview", lambda order, live=live: replace(delayed, live=live))
        for cookie in (operator, director):
            async with home.client.post("/api/v1/delay", json=body, headers={"Cookie": cookie}) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 403, 200], "what was delayed may be taken back by who delayed it"


# -- sessions -------------------------------------------------------------------------------------------------------


async def test_signing_in_gives_a_cookie_that_no_script_and_no_other_site_can_use(home: House) -> None:
    status, _, headers = await home.fill_in(
        "/signin", {"name": " ALIYA ", "password": PASSWORD, "next": "/people?lang=kk"}
    )
    assert (status, headers["Location"]) == (303, "/people?lang=kk")
    cookie = headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    assert len(value) >= 43, "256 bits"
    assert value not in repr(await home.people.read()), "only its hash is kept"
    assert (await home.ask("GET", "/me", cookie.partition(";")[0]))[1].count('"Aliya"') == 1


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nX: y", "/signin"]
)
async def test_nobody_is_led_to_another_site_after_signing_in(home: House, wanted: str) -> None:
    _, _, headers = await home.fill_in("/signin", {"name": "Aliya", "password": PASSWORD, "next": wanted})
    assert headers["Location"] == "/panel"


async def test_a_cookie_is_worth_nothing_after_it_was_ended_anywhere(home: House) -> None:
    mine, stolen = await home.sign_in("Oral"), await home.sign_in("Oral")
    [session] = [each for each in (await home.people.read()).sessions if home_digest(stolen) == each.digest]
    admin = await home.sign_in("Aliya")
    status, _, _ = await home.fill_in("/people", {"do": "end_session", "id": session.id}, admin)
    assert status == 303
    assert (await home.ask("GET", "/api/v1/state", stolen))[0] == 401
    assert (await home.ask("GET", "/panel", stolen))[0] == 303
    assert (await home.ask("GET", "/api/v1/state", mine))[0] == 200
    async with home.client.ws_connect("/api/v1/live", headers={"Cookie": stolen}) as socket:
        await socket.receive()
        assert socket.close_code == 4401
    status, _, headers = await home.fill_in("/signout", {}, mine)
    assert (status, headers["Location"], "broadcaster_" in headers["Set-Cookie"]) == (303, "/signin", True)
    assert (await home.ask("GET", "/api/v1/state", mine))[0] == 401


def home_digest(cookie: str) -> str:
    from broadcaster.panel.sessions import digest

    return digest(cookie.partition("=")[2])


async def test_another_role_holds_from_the_next_request_on(home: House) -> None:
    cookie, admin = await home.sign_in("Oral"), await home.sign_in("Aliya")
    assert (await home.ask("POST", "/api/v1/go", cookie))[0] == 200
    await home.fill_in("/people", {"do": "set_role", "name": "Oral", "role": "viewer"}, admin)
    assert (await home.ask("POST", "/api/v1/go", cookie))[0] == 403
    await home.fill_in("/people", {"do": "remove_user", "name": "Oral"}, admin)
    assert (await home.ask("GET", "/api/v1/state", cookie))[0] == 401


async def test_a_session_lasts_while_it_is_used_and_no_longer_than_ninety_days(home: House) -> None:
    cookie = await home.sign_in("Vera")
    keeping = asyncio.create_task(home.panel.keep_up())
    for _ in range(8):
        await home.clock.advance_to(home.clock.now() + timedelta(days=11))
        assert (await home.ask("GET", "/me", cookie))[0] == 200
        now = home.clock.now()
        await tick_until(home, lambda now=now: home.panel_roster().sessions[0].seen_at >= now)
    await home.clock.advance_to(NOW + timedelta(days=90))
    assert (await home.ask("GET", "/me", cookie))[0] == 401
    keeping.cancel()
    cookie = await home.sign_in("Vera")
    await home.clock.advance_to(home.clock.now() + timedelta(days=15))
    assert (await home.ask("GET", "/me", cookie))[0] == 401


async def tick_until(home: House, fact: "object") -> None:
    async def ticked() -> bool:
        await home.clock.advance_to(home.clock.now() + timedelta(seconds=1))
        return bool(fact())  # type: ignore[operator]

    await until(ticked)


async def test_what_a_command_changes_holds_within_a_second_and_the_journal_hears_of_it(
    home: House, tmp_path: Path
) -> None:
    cookie = await home.sign_in("Oral")
    keeping = asyncio.create_task(home.panel.keep_up())
    async with SQLPeople.open(tmp_path / "people.sqlite") as command:
        await command.set_role("Oral", Role.VIEWER, replace(deed("role_set"), by="crew", data={"user": "Oral"}))
    await tick_until(home, lambda: home.panel_roster().user("Oral").role is Role.VIEWER)
    assert (await home.ask("POST", "/api/v1/go", cookie))[0] == 403
    await until(lambda: [each.act for each in home.desk.deeds] == ["user_added"] * 4 + ["signed_in", "role_set"])
    assert (home.desk.deeds[-1].by, home.desk.deeds[-1].data) == ("crew", {"user": "Oral"})
    assert home.desk.deeds[-2].source == "127.0.0.1"
    keeping.cancel()


async def test_while_the_journal_cannot_be_written_nothing_of_it_is_lost(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(deed: object) -> None:
        raise JournalUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(home.panel._sessions, "_audit", full)
        keeping = asyncio.create_task(home.panel.keep_up())
        await home.sign_in("Vera")
        await home.clock.advance_to(home.clock.now() + timedelta(seconds=3))
        assert len(await home.people.untold()) == 5
    await tick_until(home, lambda: len(home.desk.deeds) == 5)
    await until(lambda: not home.panel._sessions.has_untold)
    assert await home.people.untold() == []
    keeping.cancel()


# -- guessing -------------------------------------------------------------------------------------------------------


async def guess(home: House, name: str, times: int, source: str = "") -> list[int]:
    forwarded = {"X_Forwarded_For": source} if source else {}
    tried = [await home.fill_in("/signin", {"name": name, "password": "wrong one"}, **forwarded) for _ in range(times)]
    return [status for status, _, _ in tried]


async def test_guesses_wait_longer_and_longer_across_a_restart_and_never_for_ever(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with house(tmp_path, clock=clock) as home:
        assert await guess(home, "Aliya", 6) == [403] * 5 + [429]
    async with house(tmp_path, clock=clock) as home:
        status, page, headers = await home.fill_in("/signin", {"name": "aliya", "password": PASSWORD})
        assert (status, headers["Retry-After"]) == (429, "2"), "also the right one waits, after a restart, too"
        assert "Try again in 2 s." in page
        await clock.advance_to(NOW + timedelta(seconds=2))
        assert await guess(home, "Aliya", 1) == [403]
        _, _, headers = await home.fill_in("/signin", {"name": "Aliya", "password": PASSWORD})
        assert headers["Retry-After"] == "4"
        for _ in range(12):
            await clock.advance_to(clock.now() + timedelta(minutes=5))
            assert await guess(home, "Aliya", 1) == [403], "five minutes are the longest wait"
        assert (await home.fill_in("/signin", {"name": "Aliya", "password": PASSWORD}))[0] == 429
        await clock.advance_to(clock.now() + timedelta(minutes=5))
        await home.sign_in("Aliya")
        assert await guess(home, "Aliya", 1) == [403], "and then all is forgotten"


async def test_whoever_hammers_at_a_name_keeps_its_owner_out_for_seconds_and_nowhere_known(tmp_path: Path) -> None:
    proxy = Access(trusted_proxies=Access.networks(["127.0.0.1"]))
    async with house(tmp_path, access=proxy) as home:
        await home.sign_in("Aliya", X_Forwarded_For="198.51.100.7")
        for number in range(4):
            assert 429 not in await guess(home, "Aliya", 5, f"203.0.113.{number}")
        status, _, headers = await home.fill_in(
            "/signin", {"name": "Aliya", "password": PASSWORD}, X_Forwarded_For="192.0.2.1"
        )
        assert (status, int(headers["Retry-After"]) <= 30) == (429, True)
        await home.sign_in("Aliya", X_Forwarded_For="198.51.100.7")
        await home.sign_in("Vera", X_Forwarded_For="192.0.2.1")
        await home.clock.advance_to(NOW + timedelta(seconds=30))
        await home.sign_in("Aliya", X_Forwarded_For="192.0.2.1")


async def test_a_place_that_tries_many_names_waits_too_and_the_journal_is_not_flooded(home: House) -> None:
    statuses = [(await guess(home, f"name {number}", 1))[0] for number in range(40)]
    assert statuses == [403] * 30 + [429] * 10
    for _ in range(300):
        await guess(home, "x", 1)
    told = [each for each in await home.people.untold() if each.act.startswith("sign_in")]
    assert len(told) == 200
    assert (told[0].act, told[0].by, told[0].data) == ("sign_in_failed", "name 0", {"wrong": 1})


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=%d" % number for number in range(200)), "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b'{"name": "Aliya"}', "application/json", 400),
        (b"", "application/x-www-form-urlencoded", 403),
        (b"name=%00%1b[31m%E2%80%AE<script>&password=x", "application/x-www-form-urlencoded", 403),
        (b"name=Aliya&password=" + b"x" * 5000, "application/x-www-form-urlencoded", 403),
        (b"name=" + b"%D3%98" * 3000 + b"&password=%ED%A0%80", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_hostile_forms_are_refused(home: House, body: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind}
    async with home.client.post("/signin", data=body, headers=headers) as response:
        assert response.status == status
        assert "<script>" not in await response.text()


async def test_when_too_many_sign_in_at_once_the_rest_is_asked_to_come_back(home: House) -> None:
    answers = await asyncio.gather(
        *(home.fill_in("/signin", {"name": "Vera", "password": PASSWORD}) for _ in range(30))
    )
    statuses = {status for status, _, _ in answers}
    assert statuses == {303, 503}
    assert {headers["Retry-After"] for status, _, headers in answers if status == 503} == {"2"}


# -- other sites, other names ---------------------------------------------------------------------------------------


async def test_a_guess_is_answered_late_and_keeps_nobody_else_waiting(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "REFUSED_SECONDS", 60.0)
    wrong = {"name": "Aliya", "password": "a wrong one"}
    guesses = [asyncio.ensure_future(home.fill_in("/signin", wrong)) for _ in range(20)]
    await until(lambda: len(home.desk.deeds) or home.panel._sessions.has_untold)
    assert await home.sign_in("Vera")
    assert not any(guess.done() for guess in guesses)
    for guess in guesses:
        guess.cancel()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "none", "Origin": "null"},
        {"Origin": "https://evil.example", "Authorization": ""},
        {"Origin": "https://evil.example", "Authorization": "Bearer "},
        {"Origin": "https://evil.example", "Authorization": "Basic eDp5"},
    ],
)
async def test_forged_origins_get_nowhere_with_a_real_cookie(home: House, headers: dict[str, str]) -> None:
    cookie = await home.sign_in("Aliya")
    assert (await home.ask("POST", "/api/v1/go", cookie, **headers))[0] == 403
    add = {"do": "add_user", "name": "Eve", "role": "admin", "password": PASSWORD}
    assert (await home.fill_in("/people", add, cookie, **headers))[0] == 403
    assert (await home.fill_in("/signin", {"name": "Aliya", "password": PASSWORD}, **headers))[0] == 403
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
    status, _, _ = await home.ask(
        "GET", "/api/v1/live", cookie, **upgrade, Sec_WebSocket_Key="A" * 22 + "==", **headers
    )
    assert status == 403
    assert (home.desk.carried_out, (await home.people.read()).user("Eve")) == ([], None)


async def test_a_browser_that_hides_its_origin_is_believed_when_it_says_same_origin(home: House) -> None:
    cookie = await home.sign_in("Oral", Origin="null")
    assert (await home.ask("POST", "/api/v1/go", cookie, Origin="null"))[0] == 403
    status, _, headers = await home.ask("POST", "/api/v1/go", cookie, Origin="null", Sec_Fetch_Site="same-origin")
    assert (status, headers["Referrer-Policy"]) == (200, "same-origin"), "no-referrer would hide it from all forms"


async def test_a_link_from_elsewhere_is_followed_by_asking_once_more(home: House) -> None:
    status, page, _ = await home.ask("GET", "/panel", Sec_Fetch_Site="cross-site")
    assert (status, 'http-equiv="refresh"' in page) == (200, True)
    status, _, headers = await home.ask("GET", "/panel?x=1&lang=kk", Sec_Fetch_Site="same-origin")
    assert (status, headers["Location"]) == (303, "/signin?next=%2Fpanel%3Fx%3D1%26lang%3Dkk")


async def test_behind_a_proxy_the_address_the_cookie_and_the_origin_are_the_browsers(tmp_path: Path) -> None:
    access = Access(public_url="https://show.example.org", trusted_proxies=Access.networks(["127.0.0.0/8", "10.0.0.5"]))
    async with house(tmp_path, access=access) as home:
        via = {"X_Forwarded_For": "6.6.6.6, 192.0.2.9, 10.0.0.5", "X_Forwarded_Proto": "https"}
        fields = {"name": "Oral", "password": PASSWORD}
        status, _, headers = await home.fill_in("/signin", fields, **via, Origin="https://show.example.org")
        assert (status, "Secure" in headers["Set-Cookie"]) == (303, True)
        [session] = (await home.people.read()).sessions
        assert session.source == "192.0.2.9", "what is left of it may be forged"
        cookie = headers["Set-Cookie"].partition(";")[0]
        assert (await home.ask("POST", "/api/v1/go", cookie, **via, Origin="https://show.example.org"))[0] == 200
        assert home.desk.carried_out[-1].source == "192.0.2.9"
        assert (await home.ask("POST", "/api/v1/go", cookie, **via, Origin="https://evil.example"))[0] == 403
    async with house(tmp_path) as home:
        await home.sign_in("Oral", X_Forwarded_For="192.0.2.66")
        assert (await home.people.read()).sessions[-1].source == "127.0.0.1", "who is no proxy of ours is not believed"


# -- without users --------------------------------------------------------------------------------------------------


async def test_without_users_a_browser_of_this_machine_is_an_admin_until_the_first_user(tmp_path: Path) -> None:
    async with house(tmp_path, users={}) as home:
        assert (await home.ask("GET", "/api/v1/state"))[0] == 401, "a program shows its token all the same"
        status, _, headers = await home.ask("GET", "/people")
        cookie = headers["Set-Cookie"].partition(";")[0]
        assert status == 200
        assert (await home.ask("GET", "/panel", Host="evil.example"))[0] == 421
        for header in ("X-Forwarded-For", "Forwarded", "Via"):
            assert (await home.ask("GET", "/api/v1/state", cookie, **{header: "1.2.3.4"}))[0] == 401, "a proxy's"
        fields = {"do": "add_user", "name": "Әлия", "role": "admin", "password": PASSWORD}
        assert (await home.fill_in("/people", fields, cookie))[0] == 303
        assert (await home.ask("GET", "/api/v1/state", cookie))[0] == 401
        assert (await home.ask("GET", "/people", cookie))[0] == 303
        assert (await home.ask("GET", "/signin", Host="evil.example"))[0] == 200, "a cookie is bound to its name"
        await home.sign_in("әлия")


async def test_nothing_but_this_machine_is_served_without_users(tmp_path: Path) -> None:
    async with house(tmp_path, users={}) as home:
        with pytest.raises(BroadcastError, match="broadcaster user add NAME --role admin"):
            async with home.panel.serve("0.0.0.0", 0):
                pass
        proxied = Panel(
            FakeDesk(), token=TOKEN, clock=home.clock, people=home.people, access=Access(public_url="https://a.example")
        )
        with pytest.raises(BroadcastError, match=r"'https://a\.example'.*no users"):
            async with proxied.serve("127.0.0.1", 0):
                pass
        await home.people.add_user(made("Aliya", Role.ADMIN), Secret(PASSWORD), deed())
        async with home.panel.serve("0.0.0.0", 0) as port:
            assert port


# -- the page of people ---------------------------------------------------------------------------------------------


async def test_an_admin_adds_changes_and_revokes_on_the_page_and_all_of_it_is_told(home: House) -> None:
    admin = await home.sign_in("Aliya")
    hostile = "<img src=x onerror=alert(1)>"
    for fields in (
        {"do": "add_user", "name": hostile, "role": "operator", "password": PASSWORD},
        {"do": "set_password", "name": hostile, "password": "another horse"},
    ):
        assert (await home.fill_in("/people", fields, admin))[0] == 303
    await home.sign_in(hostile, "another horse")
    fields = {"do": "add_link", "name": "Foyer", "page": ["/tally", "/countdown"]}
    status, page, _ = await home.fill_in("/people", fields, admin)
    assert status == 200
    urls = re.findall(r"<code>(http://127\.0\.0\.1:\d+(/\w+)\?link=bl_[\w-]{43})</code>", page)
    assert [path for _, path in urls] == ["/tally", "/countdown"]
    assert (await home.ask("GET", urls[1][0].partition("1:")[2].lstrip("0123456789")))[0] == 200
    fields = {"do": "add_token", "name": "Deck", "role": "operator", "word": ["go"]}
    status, page, _ = await home.fill_in("/people", fields, admin)
    [token] = re.findall(r"<code>(bc_[\w-]{43})</code>", page)
    status, page, headers = await home.ask("GET", "/people", admin)
    assert (token in page, urls[0][0] in page, hostile in page) == (False, False, False)
    assert "&lt;img src=x" in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    roster = await home.people.read()
    for fields in ({"do": "revoke_token", "id": roster.tokens[0].id}, {"do": "revoke_link", "id": roster.links[0].id}):
        assert (await home.fill_in("/people", fields, admin))[0] == 303
    for fields, said in (
        ({"do": "add_user", "name": "B", "role": "boss", "password": PASSWORD}, "There is no role"),
        ({"do": "add_user", "name": "B", "role": "viewer", "password": "short"}, "8 to 1024 letters"),
        ({"do": "add_user", "name": "B\u202e", "role": "viewer", "password": PASSWORD}, "cannot be seen"),
        ({"do": "remove_user", "name": "Aliya"}, "last admin"),
        ({"do": "add_link", "name": "L"}, "at least one page"),
        ({"do": "add_link", "name": "L", "page": "/panel"}, "There is no page"),
        ({"do": "add_token", "name": "T", "role": "admin", "word": "everything"}, "There is no order"),
    ):
        status, page, _ = await home.fill_in("/people", fields, admin)
        assert (status, said in page) == (409, True), fields
    acts = [each.act for each in await home.people.untold() if each.by == "Aliya"]
    assert acts == [
        "signed_in",
        *("user_added", "password_set", "link_added", "token_added", "token_revoked", "link_revoked"),
    ]
    told = repr(await home.people.untold())
    assert not {PASSWORD, "another horse", token} & set(re.findall(r"'([^']*)'", told)), "no secret is told"


async def test_a_panel_of_a_rehearsal_has_no_people_to_change() -> None:
    from aiohttp.test_utils import TestClient, TestServer

    panel = Panel(FakeDesk(), token=TOKEN, clock=ManualClock(NOW))
    async with TestClient(TestServer(panel.application())) as client:
        async with client.get("/people") as response:
            assert (response.status, "Add user" in await response.text()) == (200, False)
            cookie = response.headers["Set-Cookie"].partition(";")[0]
        async with client.get("/me", headers={"Cookie": cookie}) as response:
            assert (await response.json())["kind"] == Kind.MACHINE


# -- orders by GET --------------------------------------------------------------------------------------------------


async def test_a_simple_remote_orders_by_get_only_with_a_token_made_for_just_that(tmp_path: Path) -> None:
    path = "/api/v1/take?scene=Runway&token="
    async with house(tmp_path / "off") as home:
        assert (await home.ask("GET", f"{path}x"))[0] in (401, 405)
    async with house(tmp_path / "on", access=Access(has_get_orders=True)) as home:
        good, mine = new_token("Remote", Role.OPERATOR, ["take", "delay"], by="test", at=NOW)
        wide, all_of_them = new_token("Wide", Role.DIRECTOR, [], by="test", at=NOW)
        await home.people.add_token(mine, deed())
        await home.people.add_token(all_of_them, deed())
        await home.panel.refresh()
        assert (await home.ask("GET", path + good.reveal()))[0] == 200
        [order] = home.desk.carried_out
        assert (order.word, order.scene, order.who) == (Word.TAKE, "Runway", "Remote")
        query = f"/api/v1/delay?by=%2B5m&revision={home.desk.seq}&token={good.reveal()}"
        assert (await home.ask("GET", query))[0] == 200
        cookie = await home.sign_in("Aliya")
        refused = {
            path: 401,
            path + "bc_wrong": 401,
            path + wide.reveal(): 403,
            path + TOKEN.reveal(): 403,
            f"/api/v1/skip?token={good.reveal()}": 403,
            f"/api/v1/state?token={good.reveal()}": 401,
            f"/api/v1/take?token={good.reveal()}": 400,
            f"/api/v1/take?scene=a&scene=b&token={good.reveal()}": 400,
            f"/api/v1/delay?by=5m&preview=true&token={good.reveal()}": 400,
            f"/api/v1/end?token={good.reveal()}": 401,
        }
        for asked, status in refused.items():
            assert (await home.ask("GET", asked))[0] == status, asked
        assert (await home.ask("GET", path, cookie))[0] == 401
        assert (await home.ask("HEAD", path + good.reveal()))[0] == 401
        assert len(home.desk.carried_out) == 2
