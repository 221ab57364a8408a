"""How are the conductor's plan, record and sight put together for those who look on?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadcaster.season.channels import Reach
from broadcaster.season.plan import Plan
from broadcaster.show.observed import EncoderVitals, Observed
from broadcaster.show.outlook import Outlook
from broadcaster.show.screen import Service, screen
from broadcaster.show.state import SeasonState
from broadcaster.show.telling import Line
from broadcaster.show.view import journal_alert, view


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """All that is known at one moment. `differs`: the season is not the one that ran last; `trouble`: the journal's."""

    plan: Plan
    state: SeasonState
    seen: Mapping[str, Observed]
    now: datetime
    ahead: Outlook | None
    about: Mapping[str, Any]
    differs: str
    trouble: str
    channels: Mapping[str, Reach]
    """Those that announcements can go to, and what each can do."""

    def view(self) -> dict[str, Any]:
        """The flat state of the API, see show.view."""
        document = view(self.plan, self.state, self.seen, self.now, self.ahead, self.channels) | {
            "about": dict(self.about)
        }
        if self.differs:
            document["alerts"].append(self.differs)
        if self.trouble:
            document["journal_trouble"] = self.trouble
            document["alerts"].insert(0, journal_alert(self.trouble))
        return document

    def screen(self, *, vitals: EncoderVitals | None, recent: Iterable[Line]) -> dict[str, Any]:
        """The live document, see show.screen."""
        service = Service(
            version=str(self.about.get("broadcaster", "")),
            is_rehearsal=bool(self.about.get("rehearsal")),
            vitals=vitals,
            journal_trouble=self.trouble,
            warnings=(self.differs,) if self.differs else (),
            ahead=self.ahead,
            recent=recent,
            channels=self.channels,
        )
        return screen(self.plan, self.state, self.seen, self.now, service)
