"""What has become of each thing that the season wants of a broadcast's page: is it in place, tried, or left?

A value is remembered by its fingerprint: what was in place and differs now was changed by a hand, and is left so; what
YouTube has accepted several times without showing it, or refused, is not sent for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from broadcaster.show.records import Result

TRIES = 3
"""So often is a value sent that YouTube accepts and does not show."""
NOT_SHOWN = frozenset({"thumbnail", "playlist"})
"""What cannot be read off the broadcast or its video: the far end's yes is all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressed:
    """What the record says of the page of one broadcast, by (name:fingerprint of the value).

    `in_place` and `left` are by name: the value last seen in place, and why what is wanted is not done.
    """

    in_place: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    tries: Mapping[str, int] = field(default_factory=dict)
    alone: frozenset[str] = frozenset()
    """Values that were refused together with others: the next time each is sent by itself."""

    def is_spent(self, cue: str, name: str, value: str) -> bool:
        """The value has been sent often enough, or was refused."""
        return self.tries.get(f"{cue}:{name}:{value}", 0) >= TRIES

    def is_alone(self, cue: str, name: str, value: str) -> bool:
        """The value has to be sent by itself."""
        return f"{cue}:{name}:{value}" in self.alone

    def tried(self, cue: str, change: Mapping[str, str], result: Result) -> "Dressed":
        """After a try to change these, name -> fingerprint. One that never arrived counts for nothing."""
        keys = {f"{cue}:{name}:{value}" for name, value in change.items()}
        if result is Result.REFUSED and len(keys) > 1:
            return replace(self, alone=self.alone | keys)
        step = {Result.DONE: 1, Result.REFUSED: TRIES}.get(result, 0)
        if not step:
            return self
        counted = {key: self.tries.get(key, 0) + step for key in keys}
        in_place = {name: value for name, value in change.items() if name in NOT_SHOWN and result is Result.DONE}
        return replace(self, tries={**self.tries, **counted}, in_place={**self.in_place, **in_place})
