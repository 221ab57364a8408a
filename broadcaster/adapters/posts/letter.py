"""What does an announcement look like as an e-mail? Pure: from a message to the bytes that an SMTP server takes."""

import html
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from broadcaster.ports import Message

POLICY = SMTP.clone(cte_type="7bit", max_line_length=998)
"""Seven bits pass every server; what is not ASCII is packed."""
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]»]")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
SUBJECT_LETTERS = 200
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def is_address(text: str) -> bool:
    """Whether this can stand between `<` and `>` in an envelope: `name@domain`, ASCII."""
    return ADDRESS.fullmatch(text) is not None and ".." not in text


def address_of(text: str) -> Address:
    """`Name <name@domain>` or `name@domain`; raises ValueError when it holds no one address."""
    if "\n" in text or "\r" in text:
        raise ValueError("an address is on one line")
    name, address = parseaddr(text)
    if not is_address(address):
        raise ValueError("no address in it")
    user, _, domain = address.rpartition("@")
    return Address(one_line(name), user, domain)


def one_line(text: str) -> str:
    """The text without line breaks and other letters that steer: what a header may hold."""
    return " ".join(CONTROL.sub(" ", text).split())


def message_id(key: str, domain: str) -> str:
    """The id that this post has at every try; `key` holds letters, digits and hyphens."""
    return f"<{re.sub(r'[^A-Za-z0-9-]', '-', key)}@{domain}>"


def letter(
    message: Message,
    *,
    key: str,
    sender: Address,
    to: Sequence[Address],
    reply_to: Address | None,
    unsubscribe: str,
    domain: str,
    date: datetime,
) -> bytes:
    """The whole e-mail. Nothing that a message says can add a header; a picture stands below the text, with `about`.

    `to` is what readers see: none of it names those who get it blind.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = sender
    mail["To"] = list(to) or Group("undisclosed-recipients")
    if reply_to is not None:
        mail["Reply-To"] = reply_to
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = message_id(key, domain)
    if message.follows:
        earlier = one_line(message.follows)
        mail["In-Reply-To"] = earlier
        mail["References"] = earlier
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{one_line(unsubscribe)}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday answers it
    mail.set_content(message.text + "\n", subtype="plain", charset="utf-8")
    if (picture := message.picture) is not None:
        cid = message_id(f"{key}-picture", domain)
        mail.add_alternative(_page(message, cid[1:-1]), subtype="html", charset="utf-8")
        page = mail.get_payload()[1]  # type: ignore[index]
        page.add_related(  # type: ignore[union-attr]
            picture.content,
            maintype="image",
            subtype=picture.media.partition("/")[2],
            cid=cid,
            disposition="inline",
            filename=picture.file,
        )
    if message.language:
        mail["Content-Language"] = one_line(message.language)
    return mail.as_bytes()


def _subject(message: Message) -> str:
    words = one_line(message.title) or one_line(message.text.strip().partition("\n")[0])
    return words if len(words) <= SUBJECT_LETTERS else words[: SUBJECT_LETTERS - 1] + "…"


def _page(message: Message, cid: str) -> str:
    about = message.picture.about if message.picture is not None else ""
    paragraphs = "".join(f"<p>{_linked(part)}</p>" for part in message.text.strip().split("\n\n"))
    language = f' lang="{html.escape(one_line(message.language))}"' if message.language else ""
    return (
        f'<!doctype html><html{language}><head><meta charset="utf-8"></head><body>{paragraphs}'
        f'<p><img src="cid:{html.escape(cid)}" alt="{html.escape(one_line(about))}" style="max-width:100%"></p>'
        "</body></html>\n"
    )


def _linked(text: str) -> str:
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = html.escape(found.group())
        parts += [html.escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    parts.append(html.escape(text[end:]))
    return "".join(parts).replace("\n", "<br>\n")
