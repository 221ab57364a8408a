"""What are the show's own words, and what does the record say, in a form that can be put into another language?

The record holds English text. What was written down as a sentence is recognised by its template.
"""

from collections.abc import Mapping
from functools import lru_cache

from broadcaster.season.plan import Lane, Late
from broadcaster.season.said import heard, say, templates
from broadcaster.show.expected import Standing
from broadcaster.show.observed import Health, Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import End

LANES: Mapping[str, str] = {
    Lane.PROGRAM: say("program"),
    Lane.ENCODER: say("encoder"),
    Lane.BROADCAST: say("broadcast"),
    Lane.DESTINATION: say("destination"),
    Lane.GRAPHICS: say("graphics"),
    Lane.POSTS: say("posts"),
    Lane.GUESTS: say("guests"),
}
PHASES: Mapping[str, str] = {
    Phase.PLANNED: say("planned"),
    Phase.PREPARING: say("preparing"),
    Phase.READY: say("ready"),
    Phase.STANDBY: say("standby"),
    Phase.LIVE: say("live"),
    Phase.CLOSING: say("closing"),
    Phase.DONE: say("done"),
    Phase.MISSED: say("missed"),
    Phase.CANCELLED: say("cancelled"),
}
STANDINGS: Mapping[str, str] = {
    Standing.SKIPPED: say("skipped"),
    Standing.DROPPED: say("dropped"),
}
ENDS: Mapping[str, str] = {
    End.DONE: say("done"),
    End.SKIPPED: say("skipped"),
    End.FAILED: say("failed"),
    End.UNKNOWN: say("unknown"),
}
LIFECYCLES: Mapping[str, str] = {
    Lifecycle.CREATED: say("created"),
    Lifecycle.READY: say("ready"),
    Lifecycle.TEST_STARTING: say("test starting"),
    Lifecycle.TESTING: say("testing"),
    Lifecycle.LIVE_STARTING: say("live starting"),
    Lifecycle.LIVE: say("live"),
    Lifecycle.COMPLETE: say("complete"),
    Lifecycle.REVOKED: say("revoked"),
}
HEALTHS: Mapping[str, str] = {
    Health.GOOD: say("good"),
    Health.OK: say("ok"),
    Health.BAD: say("bad"),
    Health.NO_DATA: say("no data"),
}
RULES: Mapping[str, str] = {
    Late.FIRE: say("fire"),
    Late.SKIP: say("skip"),
    Late.ASK: say("ask"),
    Late.FALLBACK: say("fallback"),
}
FAR_ENDS: Mapping[str, str] = {"obs": "OBS", "youtube": "YouTube", "posts": say("a channel for announcements")}
"""Far ends as a sentence calls them."""

_WHO = templates("automatic", "a hand in OBS", "a hand in YouTube Studio", "this machine")

_WHY = templates(
    # phases
    "the service was not running when it should have begun",
    "its time of preparation has come",
    "standby time",
    "everything is prepared",
    "ended by {who}",
    "the rundown is over",
    "cancelled by {who}",
    "YouTube says live",
    "go-live time",
    "everything has come to its end",
    # segments
    "GO by {who}",
    "its wall",
    "go-live",
    "the end of {segment}",
    "no GO in time",
    "{order} by {who} came before its instant",
    # lanes
    "held by hand",
    "{who} took over",
    "its time in hand is over",
    "the cue {action} {segment} came",
    "the cue {segment} came",
    "the lower third of {segment} came",
    "{on_air} was put on air instead of {scene}",
    "the stream was stopped in OBS",
    "the broadcast {broadcast} was deleted; given back, the lane looks for it again",
    "the broadcast {broadcast} was deleted; given back, the lane makes another",
    "the broadcast was revoked: look in YouTube Studio for why, the scenes and the encoder go on",
    "the broadcast was ended before its time; the scenes and the encoder go on",
    "the broadcast {broadcast} is {state} on another stream ({stream})",
    # takes
    "{late}: {on_air} stays on air until `go`, `take` or the next cue",
    "{late}: {on_air} stays on air until the next cue",
    "{late}: {on_air} is on air until the next cue",
    "{span} late, its grace is {grace}",
    "no GO within {span} of its time; {scene} is on air until GO or the next cue",
    "no GO within {span} of its time",
    "the wall of {segment} came first",
    "skipped by the operator",
    "{scene} stays on air: panic by {who}",
    "{scene} was on air: panic by {who}",
    "another scene was taken by hand just before it",
    "the lane was held by {who}",
    "it was too late and asked; nobody answered before the next cue",
    "OBS was away; the show had moved on",
    "its moment had passed; the show had moved on",
    # the end of a show
    "the show was missed",
    "the show was over before its turn",
    "the next show has the studio",
    "this version drives no such destination: start and stop it by hand",
    "no destination of this show is driven by this version",
    "this version does not look after guests",
    "the encoder never reported that it streams",
    "nothing was streaming",
    # lower thirds
    "no panel serves the lower-third page: show it by hand",
    "no lower-third page is open: add {page} as a browser source in OBS",
    "its segment was skipped",
    "its segment was not on air",
    "its time had passed",
    "it was not shown",
    "the show is over",
    "panic by {who}",
    # posts
    "the show was never {trigger}",
    "more than {grace} late: {why}",
    "the service was not there in time",
    "{why}; look in the channel before posting it by hand",
    "its channel was not to be reached",
    "its answer was lost; look in the channel whether it is out",
    "the answer to what followed it was lost; look in the channel whether it is out",
    "{why}; it asked, and nobody answered in {span}",
    "{who} says that it is out",
    "skipped by {who}",
    "its readers have quiet hours",
    "the show is cancelled",
    "the show is cancelled: it was deleted",
    "the show was not cancelled",
    "the show was never live",
    "the show was never ended",
    "the show was never seen live",
    "the show is not live any more",
    "the show was not delayed, or is live already",
    "the show was missed here: nobody knows whether there was one",
    "the segment {segment} is over",
    "the segment {segment} is not on air",
    "the segment {segment} was not on air",
    "{why}; look at the picture",
    "the show has no broadcast on YouTube, so no live chat",
    "there is no broadcast yet, so no live chat",
    "the live chat has closed with the broadcast",
    "the broadcast has no live chat: is it switched off, or made for kids?",
    # the broadcast
    "YouTube never had the broadcast",
    "there was no broadcast",
    "it never went live, and was deleted",
    "YouTube was never seen live",
    "YouTube has revoked the broadcast",
    "it never went live, and is left as it is: it was made by hand",
    "it never went live, and is left as it is: the season keeps what was never live",
    "it never went live, and the lane is held; delete it in YouTube Studio",
    "it never went live; delete it in YouTube Studio ({why})",
    "YouTube received no video",
    "the video was not healthy ({health})",
    "YouTube did not go live in time",
    # alarms
    "OBS streams, YouTube receives nothing: check the key and the network",
    "YouTube receives video again",
    "the show has come to its end",
    "OBS does not stream any more",
    # the video after the show
    "the broadcast is in somebody's hands, and so is its video",
    "YouTube does not take its {what}; set it in YouTube Studio",
    "YouTube was not ready for its {what} in time: do it in YouTube Studio",
    "fewer than {count} segments of at least {seconds} s were on air",
    "the description has chapters of its own",
    "the description would be longer than YouTube's {count} characters",
    # the page of the broadcast
    "{label} was changed in YouTube Studio, and is left so; change the season file to set it again",
    "{label} of the season file can no longer be set: the broadcast is {state}",
    "YouTube does not take {label} of the season file: {why}; set it in YouTube Studio",
    "YouTube does not take {label} of the season file; set it in YouTube Studio",
    "the title",
    "the description",
    "the privacy",
    "the scheduled start",
    "the latency",
    "the rewinding (dvr)",
    "the captions",
    "the private preview",
    "auto start and auto stop (off)",
    "the category",
    "the tags",
    "the language",
    "made for kids",
    "the thumbnail",
    "the playlist",
    # the service
    "the season's file is not the one that ran last: compare `plan` with what you expect",
    # what wide templates would take away from those above stands last
    "by {who}",
    "{scene} is on air",
)
"""What records give as a reason, the narrower before the wider."""


@lru_cache(maxsize=1024)
def why_said(text: str) -> str:
    """A reason that the record gives."""
    return heard(text, _WHY)


def who_said(name: str) -> str:
    """Who did it, where that was no person."""
    return heard(name, _WHO)
