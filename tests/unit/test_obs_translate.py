"""Are OBS's words put into ours as its protocol means them?"""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from broadcaster.adapters.obs import translate
from broadcaster.adapters.obs.takes import Take, Takes
from broadcaster.ports import Ingest, Secret
from broadcaster.season.errors import NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.show.observed import StudioSeen

NOW = datetime(2027, 10, 20, 14, tzinfo=UTC)
SEEN = StudioSeen(program="A", scenes=("A", "B"), is_streaming=False)
INGEST = Ingest(server="rtmp://127.0.0.1/live", key=Secret("secret-key"))


def test_scenes_come_in_the_order_of_the_window_which_obs_counts_from_below() -> None:
    scenes = [{"sceneIndex": 0, "sceneName": "last"}, {"sceneIndex": 1, "sceneName": "first"}]
    assert translate.scene_names({"scenes": scenes}) == ("first", "last")


def test_the_state_is_put_together_from_four_answers() -> None:
    settings = {"server": INGEST.server, "key": INGEST.key.reveal()}
    seen = translate.studio_seen(
        scene_list={"currentProgramSceneName": "A", "currentPreviewSceneName": None,
                    "scenes": [{"sceneIndex": 0, "sceneName": "A"}]},
        stream={"outputActive": True, "outputReconnecting": True},
        service={"streamServiceType": "rtmp_custom", "streamServiceSettings": settings},
        transition={"transitionName": "Fade", "transitionDuration": 300},
    )  # fmt: skip
    assert seen == StudioSeen(
        program="A", scenes=("A",), is_streaming=True, is_reconnecting=True, preview=None,
        target=INGEST.fingerprint, transition=0.3,
    )  # fmt: skip


def test_a_cut_has_no_duration_and_an_empty_service_no_target() -> None:
    seen = translate.studio_seen(
        scene_list={"scenes": []},
        stream={"outputActive": False},
        service={"streamServiceSettings": {"server": "", "key": ""}},
        transition={"transitionName": "Cut", "transitionDuration": None},
    )
    assert (seen.transition, seen.target, seen.program) == (0.0, "", "")


@pytest.mark.parametrize(
    ("state", "streaming", "reconnecting"),
    [
        ("STARTING", False, False),
        ("STARTED", True, False),
        ("RECONNECTING", True, True),
        ("RECONNECTED", True, False),
        ("STOPPED", False, False),
    ],
)
def test_the_stream_is_what_the_last_state_says(state: str, streaming: bool, reconnecting: bool) -> None:
    after = translate.after_stream_event(SEEN, f"OBS_WEBSOCKET_OUTPUT_{state}")
    assert (after.is_streaming, after.is_reconnecting) == (streaming, reconnecting)


def test_stopping_still_streams() -> None:
    streaming = translate.after_stream_event(SEEN, translate.STARTED)
    assert translate.after_stream_event(streaming, "OBS_WEBSOCKET_OUTPUT_STOPPING").is_streaming


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("runway", 'did you mean "Runway"?'),
        ("Opening flim", 'did you mean "Opening film"?'),
        ("Zzz", 'OBS has "Runway", "Opening film"'),
    ],
)
def test_an_unknown_scene_names_the_near_ones_or_all(wanted: str, said: str) -> None:
    error = translate.unknown_scene(wanted, ["Runway", "Opening film"])
    assert said in str(error)
    assert error.reason == "600"


@pytest.mark.parametrize(
    ("code", "kind"), [(207, Unavailable), (702, Unavailable), (204, Refused), (300, Refused), (604, Refused)]
)
def test_each_code_says_whether_to_try_again(code: int, kind: type[Exception]) -> None:
    error = translate.refusal("StartStream", code, "why")
    assert type(error) is kind
    assert "StartStream" in str(error)


def test_an_obs_that_is_away_is_told_with_its_remedy() -> None:
    refused = translate.away("h:4455", ConnectionRefusedError(), timeout=2)
    assert "start OBS" in str(refused) and "WebSocket Server Settings" in str(refused)
    assert "within 2 s" in str(translate.away("h:4455", TimeoutError(), timeout=2))


def test_a_wrong_password_and_a_missing_one_need_a_human() -> None:
    for given, said in ((True, "did not accept"), (False, "names none")):
        error = translate.wrong_password("h:4455", given=given)
        assert isinstance(error, NeedsHuman)
        assert said in str(error)


def test_no_answer_to_a_change_is_unknown_and_to_a_question_nothing() -> None:
    assert isinstance(translate.no_answer("StartStream", TimeoutError(), timeout=2), OutcomeUnknown)
    assert isinstance(translate.no_answer("GetSceneList", TimeoutError(), timeout=2), Unavailable)


def test_the_stream_key_reaches_the_wire_and_no_text() -> None:
    settings = translate.service_settings(INGEST)
    assert "secret-key" in json.dumps(settings)
    assert "secret-key" not in repr(settings)


async def take(takes: Takes, scene: str) -> Take:
    one = Take(scene=scene, sent=NOW, began=asyncio.get_running_loop().create_future())
    takes.sent(one)
    return one


async def test_a_transition_that_starts_is_that_of_the_take_that_left_first() -> None:
    takes = Takes()
    first, second = await take(takes, "A"), await take(takes, "B")
    assert takes.started(NOW, until=9) is first
    assert first.began.result() == NOW
    assert not second.began.done()


async def test_a_transition_that_starts_while_none_of_ours_is_under_way_is_a_hands() -> None:
    assert Takes().started(NOW, until=9) is None


async def test_the_end_of_a_take_that_a_later_one_replaced_is_old_news() -> None:
    takes = Takes()
    for scene in ("A", "B"):
        await take(takes, scene)
        takes.started(NOW, until=9)
    assert not takes.named("A", NOW)
    assert takes.is_any(0)
    assert takes.named("B", NOW)
    assert not takes.is_any(0)


async def test_a_scene_that_no_take_of_ours_asked_for_is_believed_at_once() -> None:
    takes = Takes()
    await take(takes, "A")
    takes.started(NOW, until=9)
    assert takes.named("C", NOW)
    assert not takes.is_any(0)


async def test_a_take_whose_scene_is_named_without_a_start_has_begun_too() -> None:
    takes = Takes()
    one = await take(takes, "A")
    assert takes.named("A", NOW)
    assert one.began.done()


async def test_a_take_that_obs_never_names_is_forgotten_in_time() -> None:
    takes = Takes()
    await take(takes, "A")
    takes.started(NOW, until=9)
    assert takes.is_any(8.9)
    assert not takes.is_any(9.1)


def test_the_lead_is_the_middle_of_most_latencies_and_at_most_half_a_frame() -> None:
    takes = Takes()
    assert takes.lead == 0.005
    takes.learn(0.002)
    assert takes.lead == 0.002
    for latency in (0.003, 0.004, 0.200, 0.090, -1.0, 7.0):
        takes.learn(latency)
    assert takes.lead == pytest.approx(0.003)
    takes.half_frame = 0.001
    assert takes.lead == 0.001
