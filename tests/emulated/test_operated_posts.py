"""What operators do with posts from the command line, on the running service: each says what they want, once."""

from pathlib import Path
from typing import Any

import pytest

from tests.emulated.service import Service, service
from tests.waiting import until

PATIENCE = 60.0
ANNOUNCEMENTS = "".join(
    f"""
[[announcement]]
id = "{name}"
shows = ["*"]
at = {{ {at} }}
channels = ["news"]
text.en = "{name}: {{{{ show.title }}}}"
"""
    for name, at in (
        ("edited", 'before = "70s"'),
        ("left", 'before = "65s"'),
        ("later", 'before = "5s"'),
        ("lost", 'before = "5s"'),
        ("gone", 'before = "5s"'),
    )
)


async def _posts(played: Service) -> dict[str, dict[str, Any]]:
    return {post["announcement"]: post for post in (await played.command("posts"))["posts"]}


async def _until_asks(played: Service, name: str) -> None:
    cue = f"tonight/posts/post/{name}/news/en"
    await until(lambda: played.has("outcome/1", cue=cue, verb="find_post", result="refused"), PATIENCE)
    assert (await _posts(played))[name]["asks"] == "lost"


async def test_posts_are_held_changed_sent_left_out_and_settled_by_hand(tmp_path: Path) -> None:
    async with service(tmp_path, live_in=100.0) as played:
        season = tmp_path / "season.toml"
        season.write_text(season.read_text("utf-8") + ANNOUNCEMENTS, "utf-8")
        await played.start()
        await played.command("post", "hold", "edited/news/en")
        await played.command("post", "edit", "edited/news/en", "--text", "Кешке кездесеміз")
        await played.command("post", "skip", "left/news/en")
        listed = await _posts(played)
        assert [listed[name]["standing"] for name in ("edited", "left", "later")] == ["held", "skipped", "planned"]
        assert (listed["edited"]["text"], listed["later"]["text"]) == ("Кешке кездесеміз", "later: Tonight")
        await played.command("post", "resume", "edited/news/en")
        await played.command("post", "send", "later/news/en")
        await until(lambda: "later: Tonight" in played.far.posts, PATIENCE)
        with pytest.raises(AssertionError, match="live/news/en tells that tonight is live, and it is"):
            await played.command("post", "send", "live/news/en")
        await until(lambda: "Кешке кездесеміз" in played.far.posts, PATIENCE)
        await played.command("post", "edit", "edited/news/en", "--text", "Кешке, 19:05-те кездесеміз")
        await until(lambda: "Кешке, 19:05-те кездесеміз" in played.far.posts, PATIENCE)

        played.far.telegram.room.add_fault({"kind": "lose", "match": "sendMessage"})
        await played.command("post", "send", "lost/news/en")
        await _until_asks(played, "lost")
        await played.command("post", "sent", "lost/news/en")
        played.far.telegram.room.add_fault({"kind": "drop", "match": "sendMessage"})
        await played.command("post", "send", "gone/news/en")
        await _until_asks(played, "gone")
        await played.command("post", "again", "gone/news/en")
        await until(lambda: "gone: Tonight" in played.far.posts, PATIENCE)
        listed = await _posts(played)
        assert [listed[name]["standing"] for name in ("edited", "lost", "gone")] == ["corrected", "out", "out"]
        assert [each["text"] for each in listed["edited"]["corrections"]] == ["Кешке, 19:05-те кездесеміз"]

        told = await played.command("cancel", "--preview")
        assert told["ripple"]["corrections"]
        await played.command("cancel", "--yes")
        await until(lambda: played.has("phase_entered/1", phase="cancelled"), PATIENCE)
        assert await played.terminate() == 0
        texts = played.far.posts
        assert len(texts) == len(set(texts)) == 4, texts
        assert not any("left" in text or "is live" in text for text in texts)
        assert not played.far.broadcasts
