"""What becomes of a mistake in our own code at a far end?"""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from broadcaster.season.errors import Broken, FarEndError

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


async def sound(answer: Awaitable[Answer], *, end: str, doing: str) -> Answer:
    """The far end's answer. Raises its FarEndError as it is, and Broken for whatever else our code for it raises.

    The port has dropped its client, if it has one, as after any error. What it did before is as unknown as after a lost
    answer, whichever far end it is: that is read back, and one broken thing neither ends the run nor touches another
    lane.
    """
    try:
        return await answer
    except FarEndError:
        raise
    except Exception as error:
        log.exception("%s", doing, extra={"event": "code_broken"})
        what = f"our code for {end} failed ({type(error).__name__})"
        raise Broken(f"{what}; the log of the service says where") from error
