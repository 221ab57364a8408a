"""A mail server that delivers to nobody: SMTP on a port of its own, and what it was handed."""

from broadcaster.emulators.mail.service import EmulatedMail

__all__ = ["EmulatedMail"]
