"""Which phase may follow which?"""

from itertools import pairwise

import pytest

from broadcaster.show.phases import MAY_FOLLOW, Phase, enter


def test_a_show_goes_from_planned_to_done() -> None:
    way = [Phase.PLANNED, Phase.PREPARING, Phase.READY, Phase.STANDBY, Phase.LIVE, Phase.CLOSING, Phase.DONE]
    for now, wanted in pairwise(way):
        assert enter(now, wanted) is wanted


def test_every_phase_is_in_the_table_and_only_ends_lead_nowhere() -> None:
    assert set(MAY_FOLLOW) == set(Phase)
    assert {phase for phase, after in MAY_FOLLOW.items() if not after} == {Phase.DONE, Phase.MISSED, Phase.CANCELLED}
    assert {phase for phase in Phase if phase.is_over} == {Phase.DONE, Phase.MISSED, Phase.CANCELLED}


@pytest.mark.parametrize("phase", list(Phase))
def test_nothing_follows_itself_or_goes_back_to_planned(phase: Phase) -> None:
    for wanted in (phase, Phase.PLANNED):
        with pytest.raises(ValueError, match=f"from {phase} to {wanted}"):
            enter(phase, wanted)


def test_a_show_on_stage_is_never_missed() -> None:
    assert not any(Phase.MISSED in MAY_FOLLOW[phase] for phase in Phase if phase.is_on_stage)
