"""What does a mail server remember? Every letter that it took."""

from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.parser import BytesParser
from typing import Any


@dataclass
class Letter:
    """One e-mail, as it was handed over."""

    at: datetime
    sender: str
    readers: list[str]
    raw: bytes

    def document(self) -> dict[str, Any]:
        """For /control/state: what a reader sees, and what is behind it."""
        mail = BytesParser(policy=policy.default).parsebytes(self.raw)
        body = mail.get_body(("plain",))
        pictures = [part for part in mail.walk() if part.get_content_maintype() == "image"]
        return {
            "at": self.at,
            "sender": self.sender,
            "readers": list(self.readers),
            "subject": str(mail["Subject"]),
            "message_id": str(mail["Message-ID"]),
            "in_reply_to": str(mail["In-Reply-To"]) if mail["In-Reply-To"] else None,
            "text": body.get_content().replace("\r\n", "\n").strip() if body is not None else "",
            "pictures": [part.get_content_type() for part in pictures],
        }


@dataclass
class MailState:
    """The letters, in order, and the readers that it does not know."""

    letters: list[Letter] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
