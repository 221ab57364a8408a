"""What does a receiver of webhooks remember? What it was told, each id once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Delivery:
    """One event that was taken; `times` counts also the repeats that changed nothing."""

    id: str
    at: datetime
    document: dict[str, Any]
    times: int = 1

    def shown(self) -> dict[str, Any]:
        """For /control/state."""
        return {"id": self.id, "at": self.at, "times": self.times, "document": self.document}


@dataclass
class WebhookState:
    """Deliveries by hook, in order, and the hooks that want no more."""

    hooks: dict[str, dict[str, Delivery]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def take(self, hook: str, id: str, document: dict[str, Any], now: datetime) -> Delivery:
        """Keep the event, or count its repeat."""
        deliveries = self.hooks.setdefault(hook, {})
        if id in deliveries:
            deliveries[id].times += 1
        else:
            deliveries[id] = Delivery(id=id, at=now, document=document)
        return deliveries[id]

    def posts(self, hook: str) -> dict[str, dict[str, Any]]:
        """Post -> what it says now, after all edits."""
        found: dict[str, dict[str, Any]] = {}
        for delivery in self.hooks.get(hook, {}).values():
            data = delivery.document.get("data", {})
            found[str(data.get("id"))] = data
        return found
