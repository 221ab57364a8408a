"""A short show with announcements, and a world that plays it."""

from dataclasses import replace
from datetime import timedelta

from broadcaster.season.plan import Action, Cue, Lane, LateRule, PostPlan, ShowPlan, Trigger
from tests.plans import GO_LIVE, LATE_POST, MINUTE, SECOND, ZONE, season_plan, segment, show_plan
from tests.playing import MS
from tests.world import World

TIME = "{{ go_live }}"
OVER = GO_LIVE + 4 * MINUTE


def post(
    name: str,
    channel: str = "telegram",
    before: timedelta = 15 * MINUTE,
    *,
    show: str = "day-1",
    trigger: Trigger = Trigger.CLOCK,
    text: str = TIME,
    late: LateRule = LATE_POST,
    about: str = "",
    is_pinned: bool = False,
    is_following: bool = True,
) -> Cue:
    plan = PostPlan(
        announcement=name,
        channel=channel,
        language="en",
        audience="",
        city="Almaty",
        text=text,
        segment=about,
        is_pinned=is_pinned,
    )
    return Cue(
        id=f"{show}/posts/post/{name}/{channel}/en" + (f"/{about}" if about else ""),
        show=show,
        lane=Lane.POSTS,
        action=Action.POST,
        at=GO_LIVE - before,
        zone=ZONE,
        what=f"{channel}/en",
        subject=name,
        late=late,
        trigger=trigger,
        follows_live=is_following and trigger is Trigger.CLOCK,
        post=plan,
    )


def evening(*posts: Cue, name: str = "day-1", **more: object) -> ShowPlan:
    """A short show with these posts."""
    film = (segment("film", "Film", GO_LIVE), segment("talk", "Talk", GO_LIVE + 2 * MINUTE, 1))
    plan = show_plan(name, segments=film, standby=MINUTE, prepare=3 * MINUTE, with_posts=False, **more)  # type: ignore[arg-type]
    return replace(plan, cues=tuple(sorted((*plan.cues, *posts), key=lambda cue: cue.at)))


def world(*shows: ShowPlan, before: timedelta = 30 * MINUTE) -> World:
    found = World(season_plan(*shows), GO_LIVE - before, latency=20 * MS)
    found.youtube.live_takes = 7 * SECOND
    return found


SOON, MAIL = post("soon"), post("mail", "email")
MOVED = post("early", before=20 * MINUTE, is_following=False)
AHEAD = replace(MOVED, post=replace(MOVED.post, hand_over=timedelta(hours=2), text="{{ go_live }}"))  # type: ignore[type-var]
