"""What does a record change of a show's posts?

A post that has had its end stays ended, but for an operator's word: what never went out is sent after all, and what was
in doubt for too long is settled by whoever has looked in the channel.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from broadcaster.season.plan import Lane, Late
from broadcaster.show.post_state import FIRST, SEARCHES, PostState, asking, begun, ended, given_up, ordered
from broadcaster.show.records import End, Record, Result
from broadcaster.show.state import OpenAct, ShowState

OF_THE_POST = (*FIRST, *(search for search, verb in SEARCHES.items() if verb in FIRST))
"""Acts that put a post out, and the search for one whose answer was lost."""


def posts_ordered(show: ShowState, record: Record) -> ShowState:
    """An operator's order of the verb `post`; the posts that it opens again have no end any more."""
    data = record.data
    for cue in data.get("posts") or [data["post"]]:
        post = ordered(show.post(cue), data, record.at)
        show = _with_post(show, cue, post)
        if _is_opened(show, cue, post, str(data["act"])):
            show = _opened(show, cue)
    return show


def post_begun(show: ShowState, cue: str, verb: str) -> ShowState:
    """An act of the cue has its intent on the disk."""
    return _with_post(show, cue, begun(show.post(cue), verb))


def post_ended(show: ShowState, record: Record, opened: OpenAct | None) -> ShowState:
    """An act has its outcome; `opened` is what its intent kept."""
    cue, data = record.ids["cue"], record.data
    told, sent = (opened.told, opened.at) if opened is not None else ({}, record.at)
    post = ended(show.post(cue), data["verb"], Result(data["result"]), data, told, record.at, sent=sent)
    return _with_post(show, cue, post)


def post_ruled(show: ShowState, record: Record) -> ShowState:
    """A cue was too late: a post whose rule is to ask waits for people, and what follows one is given up."""
    cue = record.ids["cue"]
    rule = {Late.ASK: asking, Late.SKIP: given_up}.get(record.data["rule"])
    if rule is not None and cue.startswith(f"{record.ids['show']}/{Lane.POSTS}/"):
        return _with_post(show, cue, rule(show.post(cue)))
    return show


def _with_post(show: ShowState, cue: str, post: PostState) -> ShowState:
    return show if post == show.post(cue) else replace(show, posts={**show.posts, cue: post})


def _is_opened(show: ShowState, cue: str, post: PostState, act: str) -> bool:
    """`post` is as it is after the order: nothing of it is in doubt, and `sent` has made it known as out."""
    settled = show.settled.get(cue)
    if settled is None or settled.end is End.DONE or post.lost is not None:
        return False
    return act == "sent" if post.is_out else act in ("send", "again")


def _opened(show: ShowState, cue: str) -> ShowState:
    """As if it had not been tried yet; how often it was stays known, since acts are numbered by that."""
    tries = {f"{cue}:{verb}" for verb in OF_THE_POST}

    def others(known: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in known.items() if name not in tries}

    return replace(
        show,
        settled={name: end for name, end in show.settled.items() if name != cue},
        ruled={name: rule for name, rule in show.ruled.items() if name != cue},
        ended_acts=others(show.ended_acts),
        failures=others(show.failures),
        retry_at=others(show.retry_at),
        paused_at=others(show.paused_at),
    )
