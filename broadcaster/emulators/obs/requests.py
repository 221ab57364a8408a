"""Which requests does this OBS answer?

One table, filled by one module for each of the protocol's categories. A handler gets the machine and the request's
fields, returns the `responseData`, if any, and raises RequestRefused.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from broadcaster.emulators.obs.codes import RequestRefused, Status
from broadcaster.emulators.obs.fields import Fields
from broadcaster.emulators.obs.machine import Machine

Answer = dict[str, Any] | None
Handler = Callable[[Machine, Fields], Awaitable[Answer]]


class Requests:
    """Handlers by request type."""

    def __init__(self, *tables: "Requests") -> None:
        self.handlers: dict[str, Handler] = {}
        for table in tables:
            self.handlers |= table.handlers

    def answers(self, request_type: str) -> Callable[[Handler], Handler]:
        """Mark the handler of a request type."""

        def keep(handler: Handler) -> Handler:
            self.handlers[request_type] = handler
            return handler

        return keep

    async def call(self, machine: Machine, request_type: str, data: Any) -> Answer:
        """Answer one request; raises RequestRefused."""
        if not request_type:
            raise RequestRefused(Status.MISSING_TYPE, "Your request's `requestType` may not be empty.")
        handler = self.handlers.get(request_type)
        if handler is None:
            raise RequestRefused(Status.UNKNOWN_TYPE, "Your request type is not valid.")
        return await handler(machine, Fields(data))
