"""Does an e-mail reach a real SMTP server as written, once, and to nobody's eyes but the readers'?"""

import logging
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.posts.mail import MailChannel, MailServer
from broadcaster.ports import Message, Picture, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from tests.mail_server import PASSWORD, USER, MailServerFake, loopback_pair, mail_server

NOW = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef"
PNG = bytes.fromhex("89504e470d0a1a0a") + b"picture"
KAZAKH = "Сән апталығы бүгін 19:00-де басталады.\nТікелей эфир: https://youtu.be/abc?x=1&y=2.\n\nҚош келдіңіз! <b>&</b>"


def channel_to(fake: MailServerFake, **settings: Any) -> MailChannel:
    server = settings.pop("server", MailServer(host="127.0.0.1", port=fake.port, security="none"))
    wanted: dict[str, Any] = {"sender": "Сән апталығы <news@aspara.test>", "to": ("list@aspara.test",), **settings}
    return MailChannel(name="news", server=server, clock=ManualClock(NOW), timeout=2.0, **wanted)


@pytest.fixture
async def fake(no_leaked_tasks: None) -> AsyncIterator[MailServerFake]:
    async with mail_server() as server:
        yield server


def shown(error: BaseException) -> str:
    return repr(error) + "".join(traceback.format_exception(error))


async def test_an_email_reads_as_written_and_is_known_by_its_key(fake: MailServerFake) -> None:
    channel = channel_to(fake, unsubscribe="mailto:off@aspara.test", reply_to="crew@aspara.test")
    message = Message(text=KAZAKH, title="Бүгін кешке: “Сән” 🎉", language="kk", follows="<earlier@aspara.test>")
    assert await channel.post(message, key=KEY) == f"<{KEY}@aspara.test>"
    (taken,) = fake.taken
    assert taken.readers == ["list@aspara.test"]
    mail = taken.mail
    assert mail["Message-ID"] == f"<{KEY}@aspara.test>"
    assert str(mail["Subject"]) == "Бүгін кешке: “Сән” 🎉"
    assert str(mail["From"]) == "Сән апталығы <news@aspara.test>"
    assert mail["Date"].datetime == NOW
    assert (mail["List-Unsubscribe"], mail["Reply-To"]) == ("<mailto:off@aspara.test>", "crew@aspara.test")
    assert (mail["In-Reply-To"], mail["Content-Language"]) == ("<earlier@aspara.test>", "kk")
    assert mail.get_content().strip().replace("\r\n", "\n") == KAZAKH
    assert taken.raw.isascii() and max(map(len, taken.raw.split(b"\r\n"))) <= 998


async def test_a_picture_comes_with_words_for_those_who_cannot_see_it(fake: MailServerFake) -> None:
    picture = Picture(content=PNG, about='A card: "Runway" <1>', media="image/png")
    await channel_to(fake).post(Message(text=KAZAKH, title="t", language="kk", picture=picture), key=KEY)
    mail = fake.taken[0].mail
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    assert KAZAKH in plain.get_content().replace("\r\n", "\n")
    shows = page.get_content()
    assert 'alt="A card: &quot;Runway&quot; &lt;1&gt;"' in shows and "&lt;b&gt;&amp;&lt;/b&gt;" in shows
    assert '<a href="https://youtu.be/abc?x=1&amp;y=2">https://youtu.be/abc?x=1&amp;y=2</a>.' in shows
    (image,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert image.get_content() == PNG and f"cid:{image['Content-ID'][1:-1]}" in shows


@pytest.mark.parametrize(
    "title", ["Tonight\r\nBcc: all@else.test", "a\nX: y\r\n\r\nbody", "x\u2028Bcc: q", "\x00\x1b[31m"]
)
async def test_no_title_or_language_adds_a_header(fake: MailServerFake, title: str) -> None:
    message = Message(text="Tonight", title=title, language=title, follows=title)
    await channel_to(fake).post(message, key="k\r\nX-Evil: 1")
    mail = fake.taken[0].mail
    assert fake.taken[0].readers == ["list@aspara.test"]
    names = {name.lower() for name in mail}
    assert not names & {"bcc", "x", "x-evil"}
    assert mail.get_content().strip() == "Tonight"
    assert "\x00" not in str(mail["Subject"]) and "\x1b" not in str(mail["Subject"])


async def test_blind_readers_get_it_and_stand_nowhere_in_it(fake: MailServerFake, tmp_path: Path) -> None:
    readers = tmp_path / "readers.txt"
    readers.write_text("\ufeff# our friends\nAida@one.test\n\nbolat@two.test # press\naida@ONE.test\n", "utf-8")
    await channel_to(fake, to=(), bcc=readers).post(Message(text="Tonight"), key=KEY)
    (taken,) = fake.taken
    assert taken.readers == ["Aida@one.test", "bolat@two.test"]
    assert b"one.test" not in taken.raw and b"two.test" not in taken.raw
    assert str(taken.mail["Subject"]) == "Tonight"
    assert "undisclosed-recipients" in str(taken.mail["To"])


async def test_readers_beyond_what_a_server_takes_at_once_get_it_in_the_next_turn(
    fake: MailServerFake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    readers = tmp_path / "readers.txt"
    readers.write_text("\n".join(f"reader{number}@one.test" for number in range(7)), "utf-8")
    fake.most_readers = 3
    fake.answers["reader4@one.test"] = "550 5.1.1 no such\x1b[31m box"
    await channel_to(fake, to=(), bcc=readers).post(Message(text="Tonight"), key=KEY)
    assert sorted(reader for taken in fake.taken for reader in taken.readers) == [
        f"reader{number}@one.test" for number in range(7) if number != 4
    ]
    assert len({taken.mail["Message-ID"] for taken in fake.taken}) == 1
    assert "readers.txt:5" in caplog.text and "one.test" not in caplog.text and "\x1b" not in caplog.text


@pytest.mark.parametrize(
    ("stumble", "kind", "tries"),
    [
        ({"answers": {"DATA": "451 4.3.0 try later"}}, Unavailable, 1),
        ({"answers": {"DATA": "554 5.7.1 looks like spam"}}, Refused, 1),
        ({"answers": {"list@aspara.test": "450 4.2.0 greylisted"}}, Unavailable, 0),
        ({"answers": {"list@aspara.test": "550 5.1.1 unknown"}}, Refused, 0),
        ({"cut_at": "RCPT"}, Unavailable, 0),
        ({"cut_at": "DATA"}, OutcomeUnknown, 1),
        ({"silent_at": "DATA"}, OutcomeUnknown, 1),
    ],
    ids=str,
)
async def test_what_went_wrong_says_whether_it_may_be_out(
    fake: MailServerFake, stumble: dict[str, Any], kind: type[FarEndError], tries: int
) -> None:
    for name, value in stumble.items():
        setattr(fake, name, value)
    with pytest.raises(kind):
        await channel_to(fake).post(Message(text="Tonight"), key=KEY)
    assert fake.tries == tries


async def test_a_server_that_is_away_is_unavailable() -> None:
    async with mail_server() as fake:
        channel = channel_to(fake)
    with pytest.raises(Unavailable, match="cannot be reached"):
        await channel.post(Message(text="Tonight"), key=KEY)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_encrypted_and_signed_in(
    tmp_path: Path, security: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pair = loopback_pair(tmp_path)
    async with mail_server(security=security, pair=pair) as fake:

        def server(password: str, ca: Path | None) -> MailServer:
            return MailServer(
                host="127.0.0.1", port=fake.port, security=security, user=USER, password=Secret(password), ca=ca
            )

        good = channel_to(fake, server=server(PASSWORD, pair[0]))
        assert await good.check() == "127.0.0.1 takes mail from news@aspara.test, for 1 address"
        assert fake.taken == []
        await good.post(Message(text="Tonight"), key=KEY)
        assert len(fake.taken) == 1
        wrong = USER + PASSWORD
        with pytest.raises(NeedsHuman, match="user and password") as caught:
            await channel_to(fake, server=server(wrong, pair[0])).post(Message(text="Tonight"), key=KEY)
        assert wrong not in shown(caught.value)
        with pytest.raises(NeedsHuman, match="certificate"):
            await channel_to(fake, server=server(PASSWORD, None)).check()
        assert len(fake.taken) == 1
    assert PASSWORD not in caplog.text


async def test_a_password_never_leaves_for_a_server_without_encryption(fake: MailServerFake) -> None:
    server = MailServer(host="127.0.0.1", port=fake.port, security="starttls", user=USER, password=Secret(PASSWORD))
    with pytest.raises(NeedsHuman, match="STARTTLS"):
        await channel_to(fake, server=server).post(Message(text="Tonight"), key=KEY)
    assert fake.taken == []


async def test_what_email_cannot_do_is_said(fake: MailServerFake, tmp_path: Path) -> None:
    channel = channel_to(fake)
    for attempt, reason in (
        (channel.find(Message(text="t"), since=NOW, others=()), "noFind"),
        (channel.edit("<x>", Message(text="t")), "noEdit"),
        (channel.pin("<x>"), "noPin"),
    ):
        with pytest.raises(Refused) as caught:
            await attempt
        assert caught.value.reason == reason
    bad = tmp_path / "readers.txt"
    bad.write_text("fine@one.test\nAida <aida@one.test>\n", "utf-8")
    with pytest.raises(Refused, match=r"readers\.txt:2"):
        await channel_to(fake, bcc=bad).post(Message(text="t"), key=KEY)
    with pytest.raises(Refused, match="cannot be read"):
        await channel_to(fake, bcc=tmp_path / "none.txt").check()
