"""Are the tables of e-mail, Facebook, Instagram and Apprise read as meant, and their mistakes told with the remedy?"""

from pathlib import Path

import pytest

from broadcaster.adapters.clock import ManualClock
from broadcaster.cli.channels import channels_for, open_channel
from broadcaster.cli.config import load_config
from broadcaster.cli.config_channels import Email, Instagram
from broadcaster.panel.shelf import PictureShelf
from tests.unit.test_config import problems, written
from tests.unit.test_panel_api import NOW

MAIL = 'kind = "email"\nhost = "smtp.example.org"\nfrom = "Our show <news@example.org>"\n'
WHOLE = f"""
[api]
public_url = "https://show.example.org"
[channels.news]
{MAIL}to = ["list@example.org"]
bcc = "readers.txt"
user = "news"
password = {{ env = "MAIL_PASSWORD" }}
unsubscribe = "mailto:leave@example.org"
[channels.page]
kind = "facebook"
page = 1029384756
token = {{ env = "PAGE_TOKEN" }}
[channels.insta]
kind = "instagram"
account = "17841405822304914"
token = {{ env = "INSTA_TOKEN" }}
[channels.rest]
kind = "apprise"
urls = {{ file = "rest.txt" }}
longest = 500
"""


def test_each_table_opens_its_channel_and_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAIL_PASSWORD", "PAGE_TOKEN", "INSTA_TOKEN"):
        monkeypatch.setenv(name, "very-secret")
    (tmp_path / "rest.txt").write_text("json://very-secret@127.0.0.1/x\n", "utf-8")
    (tmp_path / "rest.txt").chmod(0o600)
    config = load_config(written(tmp_path, WHOLE))
    clock = ManualClock(NOW)
    shelf = PictureShelf(public_url=config.api.public_url, clock=clock)
    tables = channels_for(config.channels, config)
    shown = "".join(repr(open_channel(name, table, clock, shelf)) for name, table in tables.items())
    assert "MailChannel" in shown and "InstagramChannel" in shown and "very-secret" not in shown
    news, insta = tables["news"], tables["insta"]
    assert isinstance(news, Email) and isinstance(insta, Instagram)
    assert (news.bcc, news.port, news.security) == (tmp_path / "readers.txt", 587, "starttls")
    assert (tables["rest"].reach().most, insta.reach().needs_picture) == (500, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (MAIL, "nobody gets the e-mail"),
        (MAIL + 'to = ["a@b.test"]\nsecurity = "none"', "unencrypted"),
        (MAIL + 'to = ["a@b.test"]\nuser = "news"', "belong together"),
        (MAIL + 'to = ["a@b.test\\nBcc: all@else.test"]', "is no address"),
        (MAIL + 'to = ["a@b.test"]\nunsubscribe = "javascript:x"', "no way to leave"),
        (MAIL + 'to = ["a..b@c.test"]', "is no address"),
        (MAIL.replace("news@example.org", "news") + 'to = ["a@b.test"]', "is no address"),
        (MAIL.replace("smtp.", "smtp://") + 'to = ["a@b.test"]', "no mail server"),
        (MAIL + 'to = ["a@b.test"]\nuser = "news"\npassword = "hunter2"', "never written into this file"),
        ('kind = "facebook"\npage = "our-page"\ntoken = { env = "T" }', "no id of Meta's"),
        ('kind = "facebook"\npage = 1\nversion = "25"\ntoken = { env = "T" }', "no version"),
        ('kind = "facebook"\npage = 1\ntoken = "EAAB"', "never written into this file"),
        ('kind = "facebook"\npage = 1\nendpoint = "http://graph.test"\ntoken = { env = "T" }', "unencrypted"),
        ('kind = "instagram"\naccount = 1\ntoken = { env = "T" }', "public_url"),
        ('kind = "apprise"\nurls = ["slack://x"]', "never written into this file"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(tmp_path: Path, text: str, says: str) -> None:
    said = problems(tmp_path, f"[channels.x]\n{text}\n")
    assert says in said
    assert "hunter2" not in said and "EAAB" not in said


def test_email_to_this_machine_needs_no_encryption(tmp_path: Path) -> None:
    text = MAIL.replace("smtp.example.org", "127.0.0.1") + 'to = ["a@b.test"]\nsecurity = "none"\nport = 2525'
    config = load_config(written(tmp_path, f"[channels.x]\n{text}\n"))
    assert config.channels["x"].kind == "email"
