"""What does YouTube say of the video, in plain words, and when is it an alarm?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcaster.show.health import ISSUES, health_alerts, plainly
from broadcaster.show.observed import Health, StreamSeen
from broadcaster.show.records import ALARM, ALARM_OVER, ENCODER_SEEN, Note
from tests.plans import GO_LIVE, SECOND, Story, on_youtube, seen, studio, video
from tests.unit.test_decide_broadcast import prepared, turn

EMPTY = video(Health.NO_DATA, is_active=False)
STREAMING = Note(kind=ENCODER_SEEN, ids={"show": "day-1"}, data={"streaming": True})


@pytest.mark.parametrize("name", ISSUES)
def test_every_issue_that_youtube_documents_has_a_sentence_with_its_remedy(name: str) -> None:
    said = plainly(f"error: {name}: some words of YouTube's")
    assert said == f"error: {ISSUES[name]}"
    assert ":" in ISSUES[name]


def test_an_issue_of_a_type_that_is_new_is_told_in_youtubes_words() -> None:
    assert plainly("warning: brandNew: Something is odd") == "warning: brandNew: Something is odd"
    assert plainly("Something") == "Something"


def test_issues_are_alerts_only_while_a_show_is_on_stage() -> None:
    stream = StreamSeen(id="s", is_active=True, health=Health.BAD, issues=("error: noAudioStream: x",))
    observed = seen(studio(), on_youtube(), stream)
    assert health_alerts(prepared("ready").state.show("day-1"), observed) == []
    assert "there is no sound" in health_alerts(prepared("live").state.show("day-1"), observed)[0]
    bare = replace(observed, stream=replace(stream, issues=()))
    assert "the video is bad" in health_alerts(prepared("live").state.show("day-1"), bare)[0]


def kinds(story: Story) -> list[str]:
    return [record.kind for record in story.records if record.kind in (ALARM, ALARM_OVER)]


def live() -> Story:
    return prepared("live").add(STREAMING, at=GO_LIVE - 600 * SECOND)


def test_an_empty_youtube_is_an_alarm_after_15_s_and_its_end_is_recorded() -> None:
    story, received = live(), GO_LIVE + 60 * SECOND
    empty = seen(studio(), on_youtube(), EMPTY)
    for second in (2, 8, 14.9):
        turn(story, replace(empty, receiving_at=received), received + timedelta(seconds=second))
    assert kinds(story) == []
    for second in (15, 16, 30):
        turn(story, replace(empty, receiving_at=received), received + second * SECOND)
    assert kinds(story) == [ALARM]
    back = seen(studio(), on_youtube(), video(Health.BAD))
    turn(story, replace(back, receiving_at=received + 40 * SECOND), received + 40 * SECOND)
    assert kinds(story) == [ALARM, ALARM_OVER]


def test_the_next_look_comes_in_time() -> None:
    received = GO_LIVE + 60 * SECOND
    answer = turn(live(), replace(seen(studio(), on_youtube(), EMPTY), receiving_at=received), received + SECOND)
    assert received + 15 * SECOND in answer.wakes


def test_an_encoder_that_starts_has_15_s_too() -> None:
    story = prepared("standby").add(STREAMING, at=GO_LIVE - 300 * SECOND)
    turn(story, seen(studio(), on_youtube(), EMPTY), GO_LIVE - 290 * SECOND)
    assert kinds(story) == []
    turn(story, seen(studio(), on_youtube(), EMPTY), GO_LIVE - 285 * SECOND)
    assert kinds(story) == [ALARM]


def test_video_that_arrived_before_the_encoder_started_is_no_reason_for_an_alarm_at_once() -> None:
    """All shows send to the same stream: the last video may be that of the show before."""
    story, at = prepared("standby"), GO_LIVE - 300 * SECOND
    empty = replace(seen(studio(), on_youtube(), EMPTY), receiving_at=at - 60 * SECOND)
    turn(story, empty, at)
    turn(story, empty, at + 14 * SECOND)
    assert kinds(story) == []
    turn(story, empty, at + 15 * SECOND)
    assert kinds(story) == [ALARM]


def test_a_youtube_that_does_not_answer_and_an_encoder_that_stands_still_are_no_such_alarm() -> None:
    for observed in (
        replace(seen(studio(), on_youtube(), EMPTY), away=frozenset({"youtube"})),
        seen(studio(is_streaming=False), on_youtube(), EMPTY),
        seen(studio(), on_youtube(), None),
        seen(studio(), on_youtube(), video()),
    ):
        story = live()
        turn(story, replace(observed, receiving_at=GO_LIVE), GO_LIVE + 60 * SECOND)
        assert ALARM not in kinds(story)
