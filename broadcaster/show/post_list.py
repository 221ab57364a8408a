"""Which posts does a season have, how does each stand, and what does it say? For the API and the command line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from broadcaster.season.channels import Reach
from broadcaster.season.example import example_delay
from broadcaster.season.plan import Action, Cue, Lane, Plan, ShowPlan
from broadcaster.season.walltime import local
from broadcaster.season.wording import span_text
from broadcaster.show.expected import expected
from broadcaster.show.post_ahead import told
from broadcaster.show.post_orders import Outlets, excess, has_picture, short_name, words_now
from broadcaster.show.post_standing import (
    PostStanding,
    instant_of,
    left_out_ahead,
    standing,
    too_late_to_give_back,
)
from broadcaster.show.post_state import PostState
from broadcaster.show.post_wait import why_paused
from broadcaster.show.records import stamp
from broadcaster.show.state import SeasonState, ShowState
from broadcaster.show.words import why_said


def post_list(plan: Plan, season: SeasonState, now: datetime, outlets: Outlets, show: str = "") -> list[dict[str, Any]]:
    """Every post of the season, or of one show, in order of its instant; keys never vanish."""
    found = []
    for each in plan.shows:
        if show in ("", each.id):
            state = season.show(each.id)
            run = expected(each, state, now)
            for cue in run.cues_of(Lane.POSTS, Action.POST):
                post = _post(run, state, cue, outlets, now)
                paused = why_paused(run, state, cue, season.channels.pauses, now)
                found.append({**post, "why": paused or post["why"]})
    return sorted(found, key=lambda post: (post["at"], post["id"]))


def _post(show: ShowPlan, state: ShowState, cue: Cue, outlets: Outlets, now: datetime) -> dict[str, Any]:
    post, settled, plan = state.post(cue.id), state.settled.get(cue.id), cue.post
    words, reach = words_now(show, state, cue, outlets), outlets.reach(cue)
    stands, at = standing(show, cue, state, outlets.reaches), instant_of(show, cue, state)
    return {
        "id": cue.id,
        "name": short_name(cue),
        "show": show.id,
        "announcement": cue.subject,
        "channel": cue.channel,
        "audience": plan.audience if plan is not None else "",
        "city": plan.city if plan is not None else "",
        "language": plan.language if plan is not None else "",
        "segment": plan.segment if plan is not None else "",
        "trigger": cue.trigger,
        "standing": stands,
        "asks": "" if stands is not PostStanding.ASKS else "lost" if post.lost is not None else "late",
        "at": stamp(at),
        "local": local(at, cue.zone).isoformat(timespec="seconds"),
        "zone": cue.zone,
        "wanted_at": stamp(plan.wanted_at) if plan is not None and plan.wanted_at is not None else None,
        "picture": plan.picture if plan is not None else "",
        "text": words.text,
        "title": words.title,
        "example_delay": _example_delay(show, cue, post),
        "is_edited": bool(post.text or post.title),
        "held_by": post.held_by,
        "sent_by": post.sent_by,
        "skipped_by": post.skipped_by,
        "resolved_by": post.resolved_by,
        "post": post.post,
        "posted_at": stamp(post.posted) if post.posted is not None and post.posted <= now else None,
        "ended_at": stamp(settled.at) if settled is not None else None,
        "why": told(cue, state, now)
        or (why_said(settled.why) if settled is not None else _ahead(show, state, cue, outlets, now)),
        "corrections": [
            {"at": stamp(each.at), "how": each.how, "text": each.text, "before": each.before}
            for each in post.corrections
        ],
        **_limits(cue, reach, words.text),
    }


def _ahead(show: ShowPlan, state: ShowState, cue: Cue, outlets: Outlets, now: datetime) -> str:
    """What is known before its instant and speaks against it."""
    late = too_late_to_give_back(cue, state, instant_of(show, cue, state), now)
    return late or left_out_ahead(show, cue, state, outlets.reaches)


def _example_delay(show: ShowPlan, cue: Cue, post: PostState) -> str:
    """The delay that its words are shown for, as there is none; empty: they are those that it says, or would now."""
    by = example_delay(show, cue) if not post.is_out and not post.text else None
    return span_text(by) if by is not None else ""


def _limits(cue: Cue, reach: Reach | None, text: str) -> dict[str, Any]:
    """What the channel takes; 0 where that is not known."""
    if reach is None:
        return {"length": len(text), "most": 0, "has_title": True, "edits": False}
    return {
        "length": reach.length(text),
        "most": reach.most_with(has_picture=has_picture(cue)),
        "has_title": reach.has_title,
        "edits": reach.edits,
    }


def weighed(cue: Cue, text: str, outlets: Outlets) -> dict[str, Any]:
    """How long the text is as the post's channel counts, what that takes, and why it would refuse it."""
    reach = outlets.reach(cue)
    limits = _limits(cue, reach, text)
    return {"length": limits["length"], "most": limits["most"], "excess": excess(cue, reach, text)}


_PUBLIC_STANDINGS = (
    PostStanding.ONLY_IF,
    PostStanding.WILL_SKIP,
    PostStanding.OUT,
    PostStanding.CORRECTED,
    PostStanding.SKIPPED,
    PostStanding.FAILED,
)
_OF_THE_CREW = ("asks", "held_by", "sent_by", "skipped_by", "resolved_by", "post", "why")


def public_post(post: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody may know of a post of `post_list`: when it comes, and what it says once it is out."""
    shown = {**post, **dict.fromkeys(_OF_THE_CREW, ""), "is_edited": False, "ended_at": None}
    is_to_come = post["posted_at"] is None
    is_still_hidden = is_to_come and post["standing"] in (PostStanding.OUT, PostStanding.CORRECTED)  # handed over
    if post["standing"] not in _PUBLIC_STANDINGS or is_still_hidden:
        shown["standing"] = PostStanding.PLANNED
    if is_to_come:
        shown |= {"text": "", "title": "", "example_delay": "", "corrections": [], "length": 0}
    return shown
