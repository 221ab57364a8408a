"""How does an answer wait a moment of real time, whatever the show's clock does?"""

import asyncio
from contextlib import suppress


async def pause(seconds: float) -> None:
    """Return after so many real seconds."""
    with suppress(TimeoutError):  # the time is over
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()
