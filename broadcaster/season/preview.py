"""What will every post say, to whom, where and when? For people to read before it happens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.season.announce import render
from broadcaster.season.channels import Reach, reach_of
from broadcaster.season.errors import TemplateError
from broadcaster.season.example import as_shown, example_delay, longest_link
from broadcaster.season.plan import Cue, Lane, Plan, PostPlan, ShowPlan, Trigger
from broadcaster.season.said import say
from broadcaster.season.walltime import local


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """One post as it would be.

    `cue` is the id of its cue; `channel` the name in the settings, `kind` what it is (empty: not known), `called` the
    kind's name in a sentence.
    `audience` is empty for the readers of a language; `reader` is one or the other; `city` and `zone` are theirs.
    `language` is that of the text, `fell_back` that of its readers, where they have no text of their own.
    `example_delay`: the text tells of a delay, there is none, and it is shown as after one of so long.
    `at` is the planned instant in UTC (for `trigger` other than `clock`: when it is planned to be true), `local` the
    same on the readers' clock, with its offset.
    `wanted_at` is the instant but for quiet hours, where these move it; `hand_over`: so long before, its channel is
    given it. `quiet` says in a sentence what they do, or is empty; `is_left_out` when they keep the post from going
    out.
    `length` is the text's as the channel counts, of `most` (0: not known). `trouble` says why the channel would refuse
    it, or why there is no text; it is empty for a season that passed its rules.
    """

    cue: str
    show: str
    announcement: str
    trigger: Trigger
    segment: str
    channel: str
    kind: str
    called: str
    audience: str
    reader: str
    city: str
    zone: str
    language: str
    fell_back: str
    example_delay: timedelta | None
    at: datetime
    local: datetime
    wanted_at: datetime | None
    hand_over: timedelta | None
    quiet: str
    is_left_out: bool
    text: str
    title: str
    length: int
    most: int
    picture: str
    is_pinned: bool
    is_urgent: bool
    trouble: str


def preview(
    season: Plan, channels: Collection[str] | None = None, *, show: str = "", audience: str = "", link: str = ""
) -> tuple[Previewed, ...]:
    """Every post of the season, or of one show or audience (or language), by show and then by instant.

    `channels` are those of the settings with their Reach, as cli.seasons.known_channels gives them. `link` stands for
    where to watch; one as long as a real one if there is none yet.
    """
    return tuple(
        _previewed(
            season,
            each,
            cue,
            cue.post,
            reach_of(cue.post.channel, channels),
            link or longest_link(is_on_youtube=each.broadcast is not None),
        )
        for each in season.shows
        if show in ("", each.id)
        for cue in sorted(each.cues_of(Lane.POSTS), key=lambda cue: cue.at)
        if cue.post is not None and audience in ("", cue.post.reader)
    )


def readers_of(season: Plan) -> tuple[str, ...]:
    """The audiences and languages that posts go to, each once."""
    posts = (cue.post for show in season.shows for cue in show.cues_of(Lane.POSTS))
    return tuple(dict.fromkeys(post.reader for post in posts if post is not None))


def _previewed(season: Plan, show: ShowPlan, cue: Cue, post: PostPlan, reach: Reach | None, link: str) -> Previewed:
    text = title = trouble = ""
    try:
        said = render(season, as_shown(show, cue), cue, link=link)
        text, title = said.text, said.title
    except TemplateError as error:
        trouble = str(error)
    if reach is not None and not trouble:
        trouble = reach.fault(text, post.channel, has_picture=bool(post.picture))
    quiet, is_left_out = _quiet(cue, post)
    return Previewed(
        cue=cue.id,
        show=show.id,
        announcement=post.announcement,
        trigger=cue.trigger,
        segment=post.segment,
        channel=post.channel,
        kind=reach.kind if reach is not None else "",
        called=reach.called if reach is not None else "",
        audience=post.audience,
        reader=post.reader,
        city=post.city,
        zone=cue.zone,
        language=post.language,
        fell_back=post.reads,
        example_delay=example_delay(show, cue),
        at=cue.at,
        local=cue.local,
        wanted_at=post.wanted_at,
        hand_over=post.hand_over,
        quiet=quiet,
        is_left_out=is_left_out,
        text=text,
        title=title,
        length=reach.length(text) if reach is not None else len(text),
        most=reach.most_with(has_picture=bool(post.picture)) if reach is not None else 0,
        picture=post.picture,
        is_pinned=post.is_pinned,
        is_urgent=post.is_urgent,
        trouble=trouble,
    )


def _quiet(cue: Cue, post: PostPlan) -> tuple[str, bool]:
    """What the quiet hours do to the post, and whether they keep it from going out as it is planned."""
    if post.wanted_at is not None:
        wanted = f"{local(post.wanted_at, cue.zone):%H:%M}"
        return say(
            "wanted at {wanted}; waits for the end of the quiet hours, {hours}", wanted=wanted, hours=post.quiet
        ), False
    if cue.quiet_until(cue.at) is None:
        return "", False
    return say("left out: it falls into the quiet hours, {hours}", hours=post.quiet), True
