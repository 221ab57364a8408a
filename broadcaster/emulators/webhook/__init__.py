"""A receiver of signed webhooks that keeps what it is told, once."""

from broadcaster.emulators.webhook.service import EmulatedWebhook

__all__ = ["EmulatedWebhook"]
