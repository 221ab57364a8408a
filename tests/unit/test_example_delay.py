"""Is what tells of a delay shown as an example while there is none, and as it is once there is one?"""

from dataclasses import replace
from datetime import timedelta

from broadcaster.cli.announce import _post_lines, post_document
from broadcaster.cli.posts import lines_of
from broadcaster.season.plan import Cue, ShowPlan, Trigger
from broadcaster.season.preview import preview
from broadcaster.show.post_list import post_list, public_post
from broadcaster.show.post_orders import Outlets, Words
from broadcaster.show.post_state import PostState
from broadcaster.show.state import SeasonState, ShowState
from tests.announced import evening, post
from tests.plans import GO_LIVE, MINUTE, season_plan

LATE = post("late", trigger=Trigger.DELAYED, text="{{ delay }} later, at {{ go_live | local_time }}")
SOON = post("soon")
PLAN = season_plan(evening(LATE, SOON))


def words(show: ShowPlan, cue: Cue, link: str) -> Words:
    return Words(text=f"{show.delay} later, at {show.go_live:%H:%M}")


def listed(state: ShowState) -> dict[str, object]:
    found = post_list(PLAN, SeasonState(shows={"day-1": state}), GO_LIVE - MINUTE, Outlets(words=words))
    assert [each["example_delay"] for each in found if each["id"] == SOON.id] == [""]
    return next(each for each in found if each["id"] == LATE.id)


def test_a_preview_says_which_delay_its_text_is_an_example_of() -> None:
    late = next(each for each in preview(PLAN) if each.cue == LATE.id)
    assert late.text == "1 hour 25 minutes later, at 20:25"
    assert post_document(late)["example_delay"] == "1h25m"
    assert "    an example: the text as after a delay of 1h25m" in list(_post_lines(PLAN.show("day-1"), [late]))
    assert {each.example_delay for each in preview(PLAN) if each.trigger is not Trigger.DELAYED} == {None}
    delayed = replace(PLAN.show("day-1"), planned_live=GO_LIVE - timedelta(minutes=20))
    (told,) = (each for each in preview(season_plan(delayed)) if each.cue == LATE.id)
    assert (told.text, told.example_delay) == ("20 minutes later, at 19:00", None)


def test_the_list_shows_an_example_until_there_is_a_delay_or_somebodys_own_words() -> None:
    example = listed(ShowState())
    assert (example["text"], example["example_delay"]) == (f"1:25:00 later, at {GO_LIVE + 85 * MINUTE:%H:%M}", "1h25m")
    assert "    (an example: as after a delay of 1h25m)" in list(lines_of([example], 80))
    assert public_post(example)["example_delay"] == ""
    told = listed(ShowState(first_live=GO_LIVE - 20 * MINUTE))
    assert (told["text"], told["example_delay"]) == (f"0:20:00 later, at {GO_LIVE:%H:%M}", "")
    own = listed(ShowState(posts={LATE.id: PostState(text="We begin later")}))
    assert (own["text"], own["example_delay"]) == ("We begin later", "")
    out = listed(ShowState(posts={LATE.id: PostState(posted=GO_LIVE, said="5 minutes later")}))
    assert (out["text"], out["example_delay"]) == ("5 minutes later", "")
