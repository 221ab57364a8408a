"""What does a mail server remember? Every letter that it took."""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.parser import BytesParser
from typing import Any

ALT = re.compile(r'<img [^>]*alt="([^"]*)"')


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
        page = mail.get_body(("html",))
        shown = ALT.search(page.get_content()) if page is not None else None
        pictures = [part for part in mail.walk() if part.get_content_maintype() == "image"]
        return {
            "at": self.at,
            "sender": self.sender,
            "readers": list(self.readers),
            "subject": str(mail["Subject"]),
            "message_id": str(mail["Message-ID"]),
            "in_reply_to": str(mail["In-Reply-To"]) if mail["In-Reply-To"] else None,
            "text": body.get_content().replace("\r\n", "\n").strip() if body is not None else "",
            "alt": html.unescape(shown[1]) if shown is not None else "",
            "pictures": [part.get_content_type() for part in pictures],
        }


@dataclass
class MailState:
    """The letters, in order, and the readers that it does not know."""

    letters: list[Letter] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
