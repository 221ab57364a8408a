"""Is this the password? Slow on purpose, so never in the event loop, and one at a time.

argon2id with 46 MiB and one lane: among OWASP's equal choices the one that takes the least of the two cores that OBS
and the cues need as well.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broadcaster.ports import Secret

MEMORY_KIB = 47104
ROUNDS = 1
LANES = 1


def hasher() -> PasswordHasher:
    """How passwords are hashed."""
    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)


def hashed(password: Secret) -> str:
    """The hash of a password, with its salt and how it was made."""
    return hasher().hash(password.reveal().encode(errors="replace"))


def is_password(kept: str | None, password: Secret) -> bool:
    """Whether `kept` is the hash of this password; takes as long without one, so that nobody learns who there is."""
    try:
        is_right = hasher().verify(kept or _nobodys(), password.reveal().encode(errors="replace"))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and kept is not None


@cache
def _nobodys() -> str:
    return hashed(Secret("nobody has this password"))
