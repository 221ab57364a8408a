"""May the show begin? The lines of the go/no-go board about the service, its panel and its lower thirds.

Pure: what was found goes in, verdicts come out.
"""

from dataclasses import dataclass

from broadcaster.reports.board import Line, go, no_go, warn
from broadcaster.season.plan import Lane, ShowPlan
from broadcaster.season.wording import shown
from broadcaster.show.graphics import no_page
from broadcaster.show.people import Role, Roster

GROUP = "panel"
TELLING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFound:
    """What the running service said: its season, and how many lower-third pages are open (None: it can show none).

    `season` is empty where none answers; `trouble` says why one that is there does not.
    """

    season: str = ""
    pages: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who can reach the panel, by the settings."""

    url: str
    """Its address, for people."""
    is_elsewhere: bool
    """Other machines can."""
    is_encrypted: bool


def service_line(season: str, found: ServiceFound, reach: Reach) -> Line:
    """The service runs this season, or can be started."""
    if found.trouble:
        return warn(GROUP, "service", shown(found.trouble, TELLING))
    if not found.season:
        return go(GROUP, "service", "not running yet: `broadcaster run SEASON` starts it")
    if found.season != season:
        return warn(GROUP, "service", f'another season runs here, "{shown(found.season)}", not this one')
    return go(GROUP, "service", f"runs this season, and answers; the panel is at {reach.url}/panel")


def people_line(roster: Roster | None, reach: Reach) -> Line:
    """Those who have to reach the panel can, and nobody else. None: the file of users is not there yet."""
    users = roster.users if roster is not None else ()
    if not users and reach.is_elsewhere:
        remedy = "add one, `broadcaster user add NAME --role admin`, else the service does not start"
        return no_go(GROUP, "sign-in", f"{reach.url} is open to other machines, and there are no users: {remedy}")
    if not users:
        return go(GROUP, "sign-in", "no users: only browsers on this machine get in, without a password")
    count = f"{len(users)} user{'s' * (len(users) > 1)}"
    if all(user.role is not Role.ADMIN for user in users):
        remedy = "`broadcaster user role NAME admin` makes one"
        return warn(GROUP, "sign-in", f"{count}, none of them an admin, who lets others in: {remedy}")
    if reach.is_elsewhere and not reach.is_encrypted:
        remedy = "set [api] tls_cert and tls_key, or put a proxy in front"
        return warn(GROUP, "sign-in", f"{count}; passwords can be read on the way to {reach.url}: {remedy}")
    where = "from other machines as well" if reach.is_elsewhere else "from this machine alone, by [api] host"
    return go(GROUP, "sign-in", f"{count}, {where}")


def lower_third_line(show: ShowPlan, found: ServiceFound, page: str) -> Line | None:
    """A page is open to show the lower thirds; None: the show has none. `page` is its address, for people."""
    count = len({cue.subject for cue in show.cues_of(Lane.GRAPHICS)})
    if not count:
        return None
    cues = f"{count} lower third{'s' * (count > 1)}"
    if not found.season:
        remedy = f"start the service, and add {page} as a browser source in OBS"
        return warn(GROUP, "lower third", f"{cues}; whether a page is open to show them is not known: {remedy}")
    if not found.pages:
        return warn(GROUP, "lower third", f"{cues}, but {no_page(page)}")
    pages = f"{found.pages} pages are" if found.pages > 1 else "1 page is"
    return go(GROUP, "lower third", f"{cues}; {pages} open to show them")
