"""Does the board say whether the crew gets into the panel, and whether a lower third would be seen?"""

from datetime import timedelta

import pytest

from broadcaster.reports.board import Verdict
from broadcaster.reports.board_panel import Reach, ServiceFound, lower_third_line, people_line, service_line
from broadcaster.season.plan import LowerThirdPlan
from broadcaster.show.people import Role, Roster, User
from tests.plans import GO_LIVE, show_plan

HERE = Reach(url="http://127.0.0.1:8787", is_elsewhere=False, is_encrypted=False)
OPEN = Reach(url="http://10.0.0.5:8787", is_elsewhere=True, is_encrypted=False)
SAFE = Reach(url="https://show.example.org", is_elsewhere=True, is_encrypted=True)
PAGE = "http://127.0.0.1:8787/overlay/lower-third"
THIRDS = {"film": LowerThirdPlan(title="Film"), "runway": LowerThirdPlan(title="Chiara")}


def crew(*roles: Role) -> Roster:
    made = {"made_at": GO_LIVE - timedelta(days=1), "made_by": "test"}
    return Roster(users=tuple(User(name=f"{role} {place}", role=role, **made) for place, role in enumerate(roles)))


@pytest.mark.parametrize(
    ("roster", "reach", "verdict", "words"),
    [
        (None, HERE, Verdict.GO, "only browsers on this machine get in"),
        (None, OPEN, Verdict.NO_GO, "broadcaster user add NAME --role admin"),
        (Roster(), SAFE, Verdict.NO_GO, "the service does not start"),
        (crew(Role.ADMIN), HERE, Verdict.GO, "from this machine alone"),
        (crew(Role.ADMIN, Role.VIEWER), SAFE, Verdict.GO, "2 users, from other machines as well"),
        (crew(Role.ADMIN), OPEN, Verdict.WARN, "passwords can be read on the way"),
        (crew(Role.OPERATOR), SAFE, Verdict.WARN, "none of them an admin"),
    ],
)
def test_whoever_has_to_reach_the_panel_can_and_nobody_else(
    roster: Roster | None, reach: Reach, verdict: Verdict, words: str
) -> None:
    line = people_line(roster, reach)
    assert line.verdict is verdict
    assert words in line.evidence


def test_the_service_runs_this_season_or_may_be_started() -> None:
    assert service_line("mine", ServiceFound(), HERE).verdict is Verdict.GO
    runs = service_line("mine", ServiceFound(season="mine"), HERE)
    assert (runs.verdict, runs.evidence.split()[-1]) == (Verdict.GO, "http://127.0.0.1:8787/panel")
    assert service_line("mine", ServiceFound(season="another"), HERE).verdict is Verdict.WARN
    assert "not known here" in service_line("mine", ServiceFound(trouble="this token is not known here"), HERE).evidence


def test_lower_thirds_are_go_once_a_page_is_open_to_show_them() -> None:
    show = show_plan(lower_thirds=THIRDS)
    assert lower_third_line(show_plan(), ServiceFound(season="mine"), PAGE) is None
    found = [
        lower_third_line(show, each, PAGE)
        for each in (ServiceFound(), ServiceFound(season="mine", pages=0), ServiceFound(season="mine", pages=1))
    ]
    assert [line.verdict for line in found if line] == [Verdict.WARN, Verdict.WARN, Verdict.GO]
    assert all(line and PAGE in line.evidence for line in found[:2]), "how to open it"
    assert found[2]
    assert found[2].evidence == "2 lower thirds; 1 page is open to show them"
