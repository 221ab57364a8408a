"""Is a broadcast on YouTube kept as the plan wants it: its settings, its video, its picture, its playlist, its chat?"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from broadcaster.adapters.clock.adapter import ScaledClock
from broadcaster.adapters.youtube import YouTubeBroadcasts
from broadcaster.emulators.youtube import EmulatedYouTube
from broadcaster.emulators.youtube.playlists import make_playlist
from broadcaster.ports import BroadcastChange, VideoChange
from broadcaster.season.errors import Refused, Unavailable
from broadcaster.show.observed import BroadcastSeen, Lifecycle
from tests.contract.broadcasts import MARKER, NOON, PNG, bound, client, plan, reached, sent, shown, with_video
from tests.waiting import until

JPEG = b"\xff\xd8\xff\xe0" + bytes(1000)

# What a new one is.


async def test_a_new_broadcast_is_as_planned_and_seen_whole(youtube: YouTubeBroadcasts) -> None:
    wanted = plan(latency="ultraLow", dvr=False, is_monitored=False, privacy="private")
    made = await youtube.create(wanted)
    assert made == await youtube.look(made.id)
    assert made == BroadcastSeen(
        id=made.id,
        lifecycle=Lifecycle.CREATED,
        stream_id=None,
        title=wanted.title,
        marker=MARKER,
        scheduled_start=NOON + timedelta(hours=2),
        is_monitored=False,
        description=wanted.description,
        privacy="private",
        latency="ultraLow",
        captions="none",
        has_dvr=False,
        starts_itself=False,
        stops_itself=False,
        chat_id=made.chat_id,
    )
    assert made.chat_id


@pytest.mark.parametrize("captions", ["none", "embedded", "http"])
async def test_captions_come_back_in_the_word_they_went_out_in(youtube: YouTubeBroadcasts, captions: str) -> None:
    made = await youtube.create(plan(captions=captions, latency="normal"))
    assert made.captions == captions


# What becomes of one.


async def test_a_change_changes_what_it_names_and_nothing_else(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    far_end.state.settings = far_end.state.settings.changed({"strict_update": True})
    made = await youtube.create(plan())
    changes: list[tuple[BroadcastChange, dict[str, Any]]] = [
        (BroadcastChange(title="Жаңа"), {"title": "Жаңа"}),
        (BroadcastChange(privacy="public"), {"privacy": "public"}),
        (
            BroadcastChange(scheduled_start=NOON + timedelta(hours=3)),
            {"scheduled_start": NOON + timedelta(hours=3)},
        ),
        (BroadcastChange(has_dvr=False, captions="embedded"), {"has_dvr": False, "captions": "embedded"}),
        (BroadcastChange(latency="normal", is_monitored=False), {"latency": "normal", "is_monitored": False}),
        (BroadcastChange(description=f"New\n{MARKER}"), {"description": f"New\n{MARKER}"}),
    ]
    expected = made
    for change, effect in changes:
        expected = replace(expected, **effect)
        assert await youtube.update(made, change) == expected
        assert await youtube.look(made.id) == expected
    assert len(sent(far_end, "/youtube/v3/liveBroadcasts")) == 1 + len(changes)


async def test_a_change_that_is_none_is_not_sent(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    made = await youtube.create(plan())
    assert await youtube.update(made, BroadcastChange(title=made.title, privacy="unlisted", is_manual=True)) == made
    assert len(sent(far_end, "/youtube/v3/liveBroadcasts")) == 1


async def test_one_made_by_hand_to_start_itself_is_taken_in_hand(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    theirs = far_end.use.schedule_by_hand("Theirs")
    far_end.state.broadcasts[theirs].details |= {"enableAutoStart": True, "enableAutoStop": True}
    seen = await youtube.look(theirs)
    assert seen is not None
    assert (seen.starts_itself, seen.stops_itself, seen.marker) == (True, True, "")
    after = await youtube.update(seen, BroadcastChange(is_manual=True, description=f"Ours now\n{MARKER}"))
    assert (after.starts_itself, after.stops_itself, after.title) == (False, False, "Theirs")
    found = await youtube.find(MARKER)
    assert found is not None
    assert found.id == theirs


async def test_a_new_description_does_not_lose_our_marker(youtube: YouTubeBroadcasts) -> None:
    made = await youtube.create(plan())
    after = await youtube.update(made, BroadcastChange(description="Шектеусіз"))
    assert after.marker == MARKER
    found = await youtube.find(MARKER)
    assert found == after
    video = await shown(youtube, made.id)
    changed = await youtube.update_video(video, VideoChange(description="0:00 Opening\n1:00 Show\n2:00 End"))
    assert changed.description.endswith(MARKER)
    assert await youtube.find(MARKER) is not None


async def test_after_a_restart_the_marker_is_kept_too(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, clock: ScaledClock
) -> None:
    made = await youtube.create(plan())
    async with client(far_end, clock) as another:
        after = await another.update(made, BroadcastChange(description="New"))
    assert after.marker == MARKER


async def test_while_live_a_title_changes_and_a_setting_is_refused_with_what_to_do(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    broadcast, _ = await with_video(youtube, far_end)
    await youtube.transition(broadcast.id, "testing")
    await until(lambda: reached(youtube, broadcast.id, Lifecycle.TESTING))
    await youtube.transition(broadcast.id, "live")
    await until(lambda: reached(youtube, broadcast.id, Lifecycle.LIVE))
    after = await youtube.update(broadcast, BroadcastChange(title="On air", privacy="public"))
    assert (after.title, after.privacy, after.lifecycle) == ("On air", "public", Lifecycle.LIVE)
    with pytest.raises(Refused, match="DVR can only be changed before testing begins") as caught:
        await youtube.update(broadcast, BroadcastChange(has_dvr=False))
    assert caught.value.reason == "enableDvrModificationNotAllowed"
    with pytest.raises(Refused, match="none that moves once the broadcast is live"):
        await youtube.update(broadcast, BroadcastChange(scheduled_start=NOON + timedelta(hours=4)))
    with pytest.raises(Refused, match="end it first") as caught:
        await youtube.delete(broadcast.id)
    assert caught.value.reason == "liveBroadcastDeletionNotAllowed"


async def test_what_never_went_live_is_deleted_once_and_for_all(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    broadcast, _ = await bound(youtube)
    await youtube.delete(broadcast.id)
    assert await youtube.look(broadcast.id) is None
    assert await youtube.find(MARKER) is None
    for gone in (youtube.delete(broadcast.id), youtube.update(broadcast, BroadcastChange(title="x"))):
        with pytest.raises(Refused) as caught:
            await gone
        assert caught.value.reason == "liveBroadcastNotFound"


# The video.


async def test_the_video_gets_what_the_broadcast_cannot_hold_and_keeps_the_rest(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    held = far_end.state.broadcasts[made.id]
    held.license, held.embeddable, held.language = "creativeCommon", False, "en"
    seen = await shown(youtube, made.id)
    assert (seen.title, seen.description, seen.privacy) == (made.title, made.description, "unlisted")
    after = await youtube.update_video(
        seen, VideoChange(category="24", tags=("fashion", "Алматы"), language="kk", is_made_for_kids=True)
    )
    assert after == await youtube.look_video(made.id)
    assert (after.category, after.tags, after.language) == ("24", ("fashion", "Алматы"), "kk")
    assert after.is_made_for_kids
    again = await youtube.update_video(after, VideoChange(privacy="public"))
    assert (again.privacy, again.tags, again.title) == ("public", after.tags, made.title)
    assert (held.license, held.embeddable, held.language) == ("creativeCommon", False, "en")
    assert await youtube.update_video(again, VideoChange(category="24", language="kk")) == again
    assert len(sent(far_end, "/youtube/v3/videos")) == 2
    assert await youtube.update_video(again, VideoChange(category="22")) == replace(again, category="22")


async def test_a_broadcast_and_its_video_do_not_undo_each_others_changes(youtube: YouTubeBroadcasts) -> None:
    made = await youtube.create(plan())
    video = await shown(youtube, made.id)
    await asyncio.gather(
        youtube.update(made, BroadcastChange(title="Renamed")),
        youtube.update_video(video, VideoChange(category="24")),
    )
    seen = await youtube.look_video(made.id)
    assert seen == replace(video, title="Renamed", category="24")


async def test_a_video_that_is_not_shown_yet_is_asked_for_later(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    seen = await shown(youtube, (await youtube.create(plan("day-0"))).id)
    far_end.state.settings = far_end.state.settings.changed({"video_delay": "never"})
    late = (await youtube.create(plan())).id
    assert await youtube.look_video(late) is None
    playlist = make_playlist(far_end.state, "Season X")
    for early in (
        youtube.update_video(replace(seen, id=late), VideoChange(category="24")),
        youtube.set_thumbnail(late, PNG),
        youtube.add_to_playlist(playlist.id, late),
    ):
        with pytest.raises(Unavailable, match="YouTube shows new videos some seconds late") as caught:
            await early
        assert (caught.value.reason, caught.value.retry_after) == ("videoNotFound", 5)


@pytest.mark.parametrize("image", [PNG, JPEG], ids=["png", "jpeg"])
async def test_a_picture_is_taken_in_one_request(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, image: bytes
) -> None:
    made = await youtube.create(plan())
    await shown(youtube, made.id)
    await youtube.set_thumbnail(made.id, image)
    assert far_end.state.broadcasts[made.id].thumbnail_bytes == len(image)
    assert len(sent(far_end, "/upload/youtube/v3/thumbnails/set")) == 1


async def test_what_is_no_picture_or_too_big_is_not_even_sent(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    for image in (b"GIF89a", b"", PNG + bytes(2 * 1024 * 1024)):
        with pytest.raises(Refused, match="JPEG or PNG picture under 2 MB"):
            await youtube.set_thumbnail(made.id, image)
    assert sent(far_end, "/upload/youtube/v3/thumbnails/set") == []


async def test_a_channel_without_thumbnails_of_its_own_is_told_how_to_get_them(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    far_end.state.settings = far_end.state.settings.changed({"custom_thumbnails": False})
    made = await youtube.create(plan())
    await shown(youtube, made.id)
    with pytest.raises(Refused, match=r"youtube\.com/verify"):
        await youtube.set_thumbnail(made.id, PNG)


# The playlist and the chat.


async def test_a_video_joins_a_playlist_once(youtube: YouTubeBroadcasts, far_end: EmulatedYouTube) -> None:
    made = await youtube.create(plan())
    await shown(youtube, made.id)
    playlist = make_playlist(far_end.state, "Season X")
    assert not await youtube.is_in_playlist(playlist.id, made.id)
    await youtube.add_to_playlist(playlist.id, made.id)
    assert await youtube.is_in_playlist(playlist.id, made.id)
    await youtube.add_to_playlist(playlist.id, made.id)
    assert [item.video_id for item in playlist.items] == [made.id]
    assert not await youtube.is_in_playlist(playlist.id, "another")


@pytest.mark.parametrize("reason", ["videoAlreadyInPlaylist", "duplicate"])
async def test_either_word_for_being_in_the_playlist_already_is_done(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube, reason: str
) -> None:
    far_end.room.add_fault({"kind": "refuse", "status": 409, "reason": reason, "match": "POST .*playlistItems"})
    await youtube.add_to_playlist("PL1", "v1")


async def test_a_playlist_that_is_not_there_is_named_as_the_season_files(youtube: YouTubeBroadcasts) -> None:
    made = await youtube.create(plan())
    for ask in (youtube.is_in_playlist("PLnone", made.id), youtube.add_to_playlist("PLnone", made.id)):
        with pytest.raises(Refused, match="check its id in the season file"):
            await ask


async def test_a_line_is_read_in_the_chat_until_the_broadcast_is_over(
    youtube: YouTubeBroadcasts, far_end: EmulatedYouTube
) -> None:
    made = await youtube.create(plan())
    first = await youtube.say(made.chat_id, "Қош келдіңіз")
    second = await youtube.say(made.chat_id, "Ten minutes")
    messages = far_end.state.broadcasts[made.id].messages
    assert [each["snippet"]["displayMessage"] for each in messages] == ["Қош келдіңіз", "Ten minutes"]
    assert first != second
    with pytest.raises(Refused, match="200 characters"):
        await youtube.say(made.chat_id, "x" * 201)
    far_end.use.transition_by_hand(made.id, "complete")
    with pytest.raises(Refused, match="ended with the broadcast"):
        await youtube.say(made.chat_id, "Thank you")


# The quota.


async def test_each_request_that_left_is_told_with_its_units(far_end: EmulatedYouTube, clock: ScaledClock) -> None:
    told: list[tuple[str, int]] = []
    costs = {"liveChatMessages.insert": 20}

    def spend(method: str, units: int) -> None:
        told.append((method, units))

    async with client(far_end, clock, costs=costs, on_spent=spend) as youtube:
        made = await youtube.create(plan())
        await youtube.update(made, BroadcastChange(title="Renamed"))
        await youtube.say(made.chat_id, "Hello")
        far_end.room.add_fault({"kind": "drop", "match": "GET"})
        far_end.room.add_fault({"kind": "drop", "match": "GET"})
        with pytest.raises(Unavailable):
            await youtube.look(made.id)
        with pytest.raises(Refused):
            await youtube.delete("nothing")
        assert told == [
            ("liveBroadcasts.insert", 50),
            ("liveBroadcasts.list", 1),
            ("liveBroadcasts.update", 50),
            ("liveChatMessages.insert", 20),
            ("liveBroadcasts.list", 1),
            ("liveBroadcasts.delete", 50),
        ]
        assert sum(youtube.spent.values()) == sum(units for _, units in told)
        await far_end.stop()
        with pytest.raises(Unavailable):
            await youtube.look(made.id)
        assert len(told) == 6
