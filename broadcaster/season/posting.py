"""What may a season file say of an announcement: when, to whom, where, and in which words?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from broadcaster.season.channels import LATEST, SOONEST
from broadcaster.season.fields import (
    ClockTime,
    Duration,
    Flag,
    Grace,
    Ident,
    Paragraphs,
    Table,
    Text,
    refusal,
    zone_hint,
)
from broadcaster.season.plan import CARD, LateRule, Trigger
from broadcaster.season.plan import Late as LateThen
from broadcaster.season.quiet import QuietHours
from broadcaster.season.walltime import Fold
from broadcaster.season.wording import listed, near, quoted, span_text
from broadcaster.season.zones import zone_names

_FORMS = (
    '{ days_before = 0, time = "10:00", zone = "audience" }, { days_after = 1, time = "10:00" }, { before = "15m" }, '
    '{ after = "5m" }, { when = "live" } or { segment = "*" }'
)
_PICTURES = (".png", ".jpg", ".jpeg")


def _picture(value: str) -> str:
    if value != CARD and not value.lower().endswith(_PICTURES):
        hint = near(value, (CARD,)) or "write 'card', or the name of a .png or .jpg file beside this file"
        raise refusal(f"{quoted(value)} is no PNG or JPEG file", hint)
    return value


def _hand_over(value: timedelta) -> timedelta:
    if not SOONEST <= value <= LATEST:
        said = f"{span_text(value)} is not from {span_text(SOONEST)} to {span_text(LATEST)}, as channels schedule"
        raise refusal(said, 'write a span such as "2h"')
    return value


HandOver = Annotated[Duration, AfterValidator(_hand_over)]
PictureName = Annotated[Text, AfterValidator(_picture)]


class At(Table):
    """When an announcement goes out: a day and a clock, a span before or after go-live, or a fact."""

    days_before: int | None = Field(None, ge=0, le=60, strict=True, description="0 is the day of the show")
    days_after: int | None = Field(None, ge=0, le=60, strict=True, description="0 is the day of the show")
    time: ClockTime | None = None
    zone: str = Field("show", description="'show', 'audience' or an IANA zone: whose clock `time` is")
    fold: Fold | None = None
    before: Duration | None = Field(None, description="So long before go-live; moves with it")
    after: Duration | None = Field(None, description="So long after the planned go-live; moves with it")
    when: Literal["live", "ended", "delayed", "cancelled"] | None = Field(
        None, description="Once it is true: live and ended as YouTube says, delayed and cancelled as it was decided"
    )
    segment: str | None = Field(None, description="Id of a segment, or *: once it is really on air")

    @model_validator(mode="after")
    def _one_form(self) -> "At":
        said = [key for key in ("days_before", "days_after", "before", "after", "when", "segment") if self._says(key)]
        clock = [key for key in ("time", "zone", "fold") if key in self.model_fields_set]
        if len(said) > 1:
            raise refusal(f"says {listed(said, last='and')}, but an announcement has one time", f"write {_FORMS}")
        if not said:
            if clock:
                raise refusal(
                    f"has '{clock[0]}' and no day", "add days_before = 0 for the day of the show, or days_after = 1"
                )
            raise refusal("says no time", f"write {_FORMS}")
        is_by_clock = said[0] in ("days_before", "days_after")
        if clock and not is_by_clock:
            raise refusal(f"'{clock[0]}' means nothing with '{said[0]}'", "it goes with days_before and days_after")
        if is_by_clock and self.time is None:
            raise refusal(f"has '{said[0]}' and no 'time'", 'add time = "10:00"')
        if self.zone not in ("show", "audience") and self.zone not in zone_names():
            raise refusal(f"there is no time zone '{self.zone[:60]}'", zone_hint(self.zone) or "'show' or 'audience'")
        return self

    def _says(self, key: str) -> bool:
        return getattr(self, key) is not None

    @property
    def day(self) -> int | None:
        """How many days after the show's day, for a time on a clock; below zero: before."""
        if self.days_before is not None:
            return -self.days_before
        return self.days_after

    @property
    def trigger(self) -> Trigger:
        """What makes it due."""
        if self.segment is not None:
            return Trigger.SEGMENT
        return Trigger(self.when) if self.when is not None else Trigger.CLOCK

    @property
    def lead(self) -> timedelta | None:
        """How long after go-live, for a span; below zero: before."""
        return -self.before if self.before is not None else self.after

    @property
    def is_ahead(self) -> bool:
        """It is meant to be told before go-live."""
        return self.before is not None or self.days_before is not None


class Quiet(Table):
    """`quiet = { from = "22:00", to = "08:00", then = "wait" }`, on the audience's own clock."""

    begin: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")
    then: Literal["wait", "skip"] = Field(
        "wait", description="What is planned inside waits for the end, or is left out"
    )
    fold: Fold | None = Field(None, description="Which one, where the clock repeats `to`")

    @model_validator(mode="after")
    def _not_empty(self) -> "Quiet":
        if self.begin == self.end:
            raise refusal(
                f"begins and ends at {self.begin:%H:%M}: that is no time at all, or all day",
                'write two times, such as from = "22:00", to = "08:00"',
            )
        return self

    def plan(self) -> QuietHours:
        """The hours as the plan carries them."""
        return QuietHours(begin=self.begin, end=self.end, skips=self.then == "skip", fold=self.fold)


class PostLate(Table):
    """`late = { grace = "15m", then = "skip" }`: what becomes of a post whose time passed while we were away."""

    grace: Grace = timedelta(minutes=15)
    then: Literal["fire", "skip", "ask"] = "skip"

    def rule(self) -> LateRule:
        """The rule as the plan carries it."""
        return LateRule(grace=self.grace, then=LateThen(self.then))


class Announcement(Table):
    """One [[announcement]]: a post per show, channel and audience (or language, where no audience is named)."""

    FORMS: ClassVar[Mapping[str, str]] = {
        "at": _FORMS,
        "text": 'text.en = "...", one for each language',
        "title": 'title.en = "...", one for each language',
        "late": '{ grace = "15m", then = "skip" }',
    }

    id: Ident
    shows: tuple[str, ...] = Field(("*",), min_length=1, description="Ids of shows; * is every show")
    at: At
    audiences: tuple[Ident, ...] = ()
    languages: tuple[str, ...] = Field((), description="Of the texts, those to post; all where there is none")
    channels: tuple[Ident, ...] = Field(
        min_length=1, description="Names of channels in config.toml; youtube-chat is built in: the show's live chat"
    )
    title: dict[str, Paragraphs] = Field(
        default_factory=dict, description="A template for each language: an e-mail's subject, a card; the show's if not"
    )
    text: dict[str, Paragraphs] = Field(min_length=1, description="A template for each language")
    late: PostLate = PostLate()
    picture: PictureName | None = Field(
        None, description="'card': made for it; or a PNG or JPEG file beside the season file"
    )
    hand_over: HandOver | None = Field(
        None,
        description="So long before its instant channels are given it, to publish it then themselves: facebook",
    )
    pin: Flag = Field(False, description="Pinned at the top of the channel, where it can be")
    urgent: Flag = Field(False, description="Goes out in quiet hours too")

    def is_for(self, show_id: str) -> bool:
        """Whether the announcement speaks of that show."""
        return "*" in self.shows or show_id in self.shows
