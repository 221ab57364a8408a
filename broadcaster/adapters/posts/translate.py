"""What does Telegram's answer mean to an operator?"""

import json
import re
from typing import Any

from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable

REMEDIES = (
    ("chat not found", "check the chat in config.toml, and add the bot to it as an administrator"),
    (
        "not a member|was kicked|need administrator|not enough rights|have no rights",
        "make the bot an administrator of the chat, allowed to post",
    ),
    ("message is too long", "shorten the announcement to 4096 characters"),
    ("text is empty|text must be non-empty", "give the announcement a text"),
    ("upgraded to a supergroup", "write the chat's new id into config.toml"),
    ("^not found", "the bot's token, or Telegram's address in config.toml, is not right"),
)
"""What Telegram's descriptions ask of the operator; the texts are its own, in lower case."""


def message_id(content: bytes) -> str:
    """The id of the message that was posted; raises ValueError when the answer does not hold one."""
    try:
        answer = json.loads(content)
        if answer["ok"] is True:
            return str(int(answer["result"]["message_id"]))
    except (KeyError, TypeError) as error:
        raise ValueError("no message id in the answer") from error
    raise ValueError("the answer says neither yes nor no")


def result(content: bytes) -> dict[str, Any]:
    """What an answer of 200 brings; raises ValueError when it is not understood."""
    answer = json.loads(content)
    if not isinstance(answer, dict) or answer.get("ok") is not True or not isinstance(answer.get("result"), dict):
        raise ValueError("the answer says neither yes nor no")
    return dict(answer["result"])


def far_end_error(doing: str, status: int, content: bytes) -> FarEndError:
    """The error that an HTTP answer other than 200 stands for."""
    description, wait, moved = "", 0.0, ""
    try:
        answer = json.loads(content)
        description = str(answer.get("description", ""))
        parameters = answer.get("parameters", {})
        wait = float(parameters.get("retry_after", 0))
        moved = str(parameters.get("migrate_to_chat_id", ""))
    except (ValueError, TypeError, AttributeError):
        description = description or "no explanation"
    quote = f"(Telegram: {status} {description})"
    if status >= 500 or status == 408:
        return OutcomeUnknown(
            f"{doing}: Telegram failed while doing it; the post may be out {quote}", reason=str(status)
        )
    if status == 429:
        return Unavailable(f"{doing}: Telegram asks to wait {wait:g} s {quote}", reason="429", retry_after=wait or 1.0)
    if status == 401:
        return NeedsHuman(
            f"{doing}: Telegram does not know the bot's token: ask @BotFather for it and set it anew {quote}",
            reason="401",
        )
    detail = re.sub(r"^(bad request|forbidden):\s*", "", description.lower())
    say = next((say for words, say in REMEDIES if re.search(words, detail)), "Telegram refuses the post")
    if moved:
        say = f"{say}: {moved}"
    return Refused(f"{doing}: {say} {quote}", reason=description or str(status))
