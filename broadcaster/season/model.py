"""What may a season file say? The tables of the file as values, read once and never changed.

A key of the file that names a list of tables is singular (`[[show]]`), its attribute here plural (`season.shows`).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from broadcaster.season.fields import (
    ClockTime,
    Colour,
    Day,
    Duration,
    Flag,
    Grace,
    Ident,
    Language,
    Names,
    Paragraphs,
    ReturnRule,
    Table,
    Text,
    Zone,
)
from broadcaster.season.look import LookPlan
from broadcaster.season.names import named
from broadcaster.season.plan import Lane, Late, Overrun, Return
from broadcaster.season.posting import Announcement, Quiet
from broadcaster.season.walltime import Fold

RESERVED_SEGMENTS = frozenset({"standby", "fallback", "closing"})
"""Subjects of the program lane that are no segments; no segment may have such an id."""


class About(Table):
    """The table [season]."""

    id: Ident
    title: Names
    timezone: Zone = Field(description="The clock of every time in the file, unless a show names its own")
    languages: tuple[Language, ...] = Field(min_length=1, description="The first is the season's own")
    prepare: Duration = Field(timedelta(hours=24), description="The broadcast is created this long before go-live")
    standby: Duration = Field(timedelta(minutes=10), description="Encoder on, standby scene up, before go-live")
    closing: Duration = Field(timedelta(seconds=15), description="The closing scene stays this long at the end")
    encoder: Ident = Field("main", description="The OBS that plays a show that names none")


class Scenes(Table):
    """The table [scenes]: names as they are in OBS."""

    standby: Text
    fallback: Text
    closing: Text


class Lanes(Table):
    """The table [lanes]: when a lane that was taken by hand is automated again."""

    program: ReturnRule | None = None
    encoder: ReturnRule | None = None
    broadcast: ReturnRule | None = None
    destination: ReturnRule | None = None
    graphics: ReturnRule | None = None
    posts: ReturnRule | None = None
    guests: ReturnRule | None = None


class ShowScenes(Table):
    """What one show puts in place of the season's [scenes]."""

    standby: Text | None = None
    fallback: Text | None = None
    closing: Text | None = None


class Replay(Table):
    """`replay = { privacy = "public", playlist = "PL...", chapters = true }`: the video after the show."""

    privacy: Literal["public", "unlisted", "private"] | None = None
    playlist: Text | None = Field(default=None, description="YouTube's id of the playlist that the replay joins")
    chapters: Flag = Field(default=True, description="Chapters in the description, from the times as they were")


class Destination(Table):
    """One [destinations.NAME]: where the video goes. Keys and passwords are never here, only in config.toml."""

    kind: Literal["youtube", "facebook", "instagram", "rtmp"]
    privacy: Literal["public", "unlisted", "private"] = "unlisted"
    title: Paragraphs = Field("{{ show.title }}", description="Template; knows show, season, go_live")
    description: Paragraphs = Field("", description="Template; knows show, season, go_live")
    tags: tuple[Text, ...] = ()
    category: Text | None = Field(None, description="YouTube's category number, such as 24 for entertainment")
    made_for_kids: Flag = False
    latency: Literal["normal", "low", "ultraLow"] = "normal"
    dvr: Flag = True
    playlist: Text | None = Field(None, description="YouTube's id of the playlist that the broadcast joins")
    thumbnail: Text | None = Field(None, description="A picture file beside the season file")
    channel_id: Text | None = Field(None, description="The YouTube channel that has to be the one signed in")
    language: Language | None = Field(None, description="What is spoken; otherwise the season's first language")
    captions: Literal["none", "embedded", "http"] = "none"
    preview: Flag = Field(True, description="The private preview: testing comes before live")
    never_live: Literal["delete", "keep"] = Field("delete", description="What becomes of ours if it never went live")
    replay: Replay = Replay()
    page: Text | None = Field(None, description="The Facebook page or Instagram account")
    server: Text | None = Field(None, description="rtmp:// or rtmps:// address of an rtmp destination")


class Look(Table):
    """The table [look]: what the cards that go with announcements look like."""

    background: Colour = LookPlan().background
    ink: Colour = Field(default=LookPlan().ink, description="Of the words; readable on the background")
    accent: Colour = Field(default=LookPlan().accent, description="Of the ornament and the small words")
    logo: Text | None = Field(default=None, description="A PNG or JPEG file beside the season file")
    template: Text | None = Field(
        default=None, description="An SVG file beside the season file, instead of the built-in card"
    )
    fonts: tuple[Text, ...] = Field(default=(), description="TTF or OTF files beside the season file, for more letters")

    def plan(self) -> LookPlan:
        """The look as the plan carries it."""
        return LookPlan(
            background=self.background,
            ink=self.ink,
            accent=self.accent,
            logo=self.logo or "",
            template=self.template or "",
            fonts=self.fonts,
        )


class Audience(Table):
    """One [audiences.NAME]: people who watch on their own clock, in their own language."""

    FORMS: ClassVar[Mapping[str, str]] = {"quiet": '{ from = "22:00", to = "08:00" }'}

    timezone: Zone
    language: Language
    city: Text | None = Field(None, description="What the posts call the place; otherwise the zone's own city")
    quiet: Quiet | None = Field(None, description="When they are left alone, on their own clock")


class LateTable(Table):
    """`late = { grace = "30s", then = "ask" }`."""

    grace: Grace = timedelta(seconds=30)
    then: Late = Late.FIRE


class LowerThird(Table):
    """The two lines shown over the picture as a segment starts."""

    title: Text
    subtitle: Text | None = None


class Segment(Table):
    """One [[show.segment]]."""

    FORMS: ClassVar[Mapping[str, str]] = {
        "late": '{ grace = "30s", then = "ask" }',
        "lower_third": '{ title = "Designer", subtitle = "Country" }',
    }

    id: Ident
    title: Names
    scene: Text
    duration: Duration
    start: ClockTime | None = Field(None, description="A wall: a local time that does not move")
    fold: Fold | None = Field(None, description="Which one, where the clock repeats the start")
    advance: Literal["auto", "manual"] = Field("auto", description="manual waits for the operator's GO")
    late: LateTable | None = None
    overrun: Overrun = Field(
        Overrun.CUT,
        description="If it is still on air at the next wall: cut it, push the wall, or shorten what comes before it",
    )
    lower_third: LowerThird | None = None
    guests: tuple[Ident, ...] = ()
    notes: Paragraphs = Field("", description="For the crew alone; never on a public page")


class Show(Table):
    """One [[show]]."""

    id: Ident
    title: Names
    date: Day
    go_live: ClockTime
    fold: Fold | None = Field(None, description="Which one, where the clock repeats go_live")
    timezone: Zone | None = None
    prepare: Duration | None = None
    standby: Duration | None = None
    closing: Duration | None = None
    encoder: Ident | None = None
    youtube_id: Text | None = Field(None, description="A broadcast that was made by hand, to be adopted for this show")
    on_drop: Literal["stay", "fallback"] = Field(
        "stay", description="fallback: that scene is on air while YouTube has received nothing for 15 s"
    )
    destinations: tuple[Ident, ...] = Field(min_length=1)
    scenes: ShowScenes = ShowScenes()
    cancelled: Flag = Field(False, description="Called off: nothing of it is done, but what says so")
    notes: Paragraphs = Field("", description="For the crew alone; never on a public page")
    rundown: Text | None = Field(None, description="A sheet with the segments, instead of [[show.segment]]")
    segments: tuple[Segment, ...] = Field((), alias="segment")


class Guest(Table):
    """One [[guest]]: somebody who joins from elsewhere."""

    id: Ident
    name: Names
    country: Text | None = Field(None, description="A code such as KZ, told in each language; or a name, told as it is")
    timezone: Zone | None = None
    room: Ident | None = None


class Room(Table):
    """One [rooms.NAME]: where guests meet. The link with its password is in config.toml."""

    kind: Literal["zoom"]
    meeting: Text | None = Field(None, description="The meeting's number")
    title: Text | None = None


class Season(Table):
    """A whole season file."""

    about: About = Field(alias="season")
    scenes: Scenes
    lanes: Lanes = Lanes()
    look: Look = Look()
    destinations: dict[Ident, Destination] = Field(default_factory=dict)
    audiences: dict[Ident, Audience] = Field(default_factory=dict)
    rooms: dict[Ident, Room] = Field(default_factory=dict)
    guests: tuple[Guest, ...] = Field((), alias="guest")
    shows: tuple[Show, ...] = Field((), alias="show")
    announcements: tuple[Announcement, ...] = Field((), alias="announcement")

    @property
    def id(self) -> str:
        """The season's id."""
        return self.about.id

    @property
    def title(self) -> str:
        """The season's title, in its own language."""
        return self.named(self.about.title)

    def named(self, names: Mapping[str, str], language: str = "") -> str:
        """What something is called for a reader of that language; of the season's own, if none is said."""
        return named(names, language or self.about.languages[0], self.about.languages)

    def zone_of(self, show: Show) -> str:
        """The zone of the show's clock."""
        return show.timezone or self.about.timezone

    def encoder_of(self, show: Show) -> str:
        """The name of the encoder that plays the show."""
        return show.encoder or self.about.encoder

    def scenes_of(self, show: Show) -> Scenes:
        """The three scenes that are no segment, as this show has them."""
        own = {name: scene for name, scene in show.scenes.model_dump().items() if scene is not None}
        return self.scenes.model_copy(update=own)

    def prepare_of(self, show: Show) -> timedelta:
        """How long before go-live the show's broadcast is created."""
        return show.prepare or self.about.prepare

    def standby_of(self, show: Show) -> timedelta:
        """How long before go-live the encoder runs and the standby scene is up."""
        return show.standby or self.about.standby

    def closing_of(self, show: Show) -> timedelta:
        """How long the closing scene stays on air."""
        return show.closing or self.about.closing

    def returns(self) -> dict[Lane, Return | timedelta]:
        """Lane -> when it comes back from a hand; only those that the file speaks of."""
        found = {lane: getattr(self.lanes, lane) for lane in Lane}
        return {lane: rule for lane, rule in found.items() if rule is not None}

    def audience_city(self, name: str) -> str:
        """What the posts call that audience's place."""
        audience = self.audiences[name]
        return audience.city or city_of(audience.timezone)


def city_of(zone: str, language: str = "") -> str:
    """The place of a zone: `Asia/Ho_Chi_Minh` is `Ho Chi Minh`; as its name says, or in a language."""
    if language:
        from babel import Locale

        found = Locale.parse(language, sep="-").time_zones.get(zone, {}).get("city")
        if found:
            return str(found)
    return zone.rsplit("/", 1)[-1].replace("_", " ")
