"""What is left of a text once Telegram has read its entities, and may it be sent?"""

import html
import re

LONGEST, LONGEST_CAPTION = 4096, 1024
HTML_TAGS = frozenset("b strong i em u ins s strike del span tg-spoiler tg-emoji a code pre blockquote tg-time".split())

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\s[^<>]*)?)>|<")
_MARKDOWN_SPECIAL = r"_*[]()~`>#+-=|{}.!\\"


class EntityError(ValueError):
    """Entities that cannot be parsed; the message is Telegram's."""


def visible(text: str, parse_mode: str) -> str:
    """The text as readers see it; raises EntityError as Telegram would."""
    if parse_mode.lower() == "html":
        return _html(text)
    if parse_mode.lower() == "markdownv2":
        return re.sub(rf"\\([{re.escape(_MARKDOWN_SPECIAL)}])|[_*~`|]", lambda found: found.group(1) or "", text)
    if parse_mode and parse_mode.lower() != "markdown":
        raise EntityError("unsupported parse_mode")
    return text


def _html(text: str) -> str:
    opened: list[str] = []
    for found in _TAG.finditer(text):
        offset = len(text[: found.start()].encode())
        end, name = found.group(1), (found.group(2) or "").lower()
        if not name or name not in HTML_TAGS:
            raise EntityError(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
        if not end:
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise EntityError(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    if opened:
        raise EntityError(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1]}\"")
    return html.unescape(_TAG.sub("", text))


def length(text: str) -> int:
    """Telegram counts in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
