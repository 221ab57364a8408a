"""How does an announcement reach the services that only Apprise knows? Its client blocks, so each service has a thread.

Apprise tells of each address whether it worked, and nothing else: no id, no reason that can be relied on.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from broadcaster.ports import Message, Secret
from broadcaster.season.errors import NeedsHuman, OutcomeUnknown, Refused
from broadcaster.season.wording import listed

if TYPE_CHECKING:
    from apprise import NotifyBase

THREAD_SECONDS = 1.0
"""How much longer a thread waits than we do, so that a service that is late is told from one that refuses."""
INSTALL = "install it beside Broadcaster: pip install 'broadcaster[apprise]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address of the list; `called` is what may be said of it aloud: its service and its line."""

    called: str
    client: "NotifyBase"


class AppriseChannel:
    """Some services at once, as ports.Channel; `urls` holds one Apprise address a line, `#` begins a remark.

    `timeout` is in real seconds for a whole post.
    """

    def __init__(self, *, name: str, urls: Secret, timeout: float = 30.0) -> None:
        self.name = name
        self._urls = urls
        self._timeout = timeout
        self._targets: list[Target] | None = None

    def __repr__(self) -> str:
        return f"AppriseChannel(name={self.name!r})"

    async def check(self) -> str:
        """Which services the addresses are of; posts nothing, and does not ask them. Raises Refused or NeedsHuman."""
        targets = await self._load(f"{self.name}: read the addresses")
        return f"Apprise, to {listed((each.called for each in targets), last='and')}, not asked"

    async def post(self, message: Message, *, key: str) -> str:
        """Tell every service once and return `key`: there is no id.

        Raises OutcomeUnknown, naming who has it and who has not, when any of them failed.
        """
        doing = f"{self.name}: tell the services"
        targets = await self._load(doing)
        loop = asyncio.get_running_loop()
        threads = ThreadPoolExecutor(max_workers=len(targets), thread_name_prefix=f"apprise {self.name}")
        waiting = [loop.run_in_executor(threads, _tell, each.client, message) for each in targets]
        threads.shutdown(wait=False)  # each ends with its service's answer: one that hangs is in no later post's way
        await asyncio.wait(waiting, timeout=self._timeout)
        said = {
            target: "late" if not told.done() else "done" if told.exception() is None and told.result() else "failed"
            for target, told in zip(targets, waiting, strict=True)
        }
        if set(said.values()) == {"done"}:
            return key
        raise OutcomeUnknown(f"{doing}: {_summary(said)}", reason="partial" if "done" in said.values() else "failed")

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """Raises Refused: Apprise reads nothing back."""
        raise Refused(f"{self.name}: Apprise cannot look for a post", reason="noFind")

    async def edit(self, post: str, message: Message) -> None:
        """Raises Refused: Apprise only sends."""
        raise Refused(f"{self.name}: Apprise cannot change a post", reason="noEdit")

    async def pin(self, post: str) -> None:
        """Raises Refused: Apprise only sends."""
        raise Refused(f"{self.name}: Apprise cannot pin a post", reason="noPin")

    async def _load(self, doing: str) -> list[Target]:
        if self._targets is None:
            try:  # importing it takes a second or more
                self._targets = await asyncio.to_thread(_targets, doing, self._urls, self._timeout)
            except ImportError as error:
                raise NeedsHuman(f"{doing}: Apprise is not installed; {INSTALL}", reason="notInstalled") from error
        return self._targets


def _targets(doing: str, urls: Secret, timeout: float) -> list[Target]:
    """The services behind the addresses. Raises Refused that names the line, never the address."""
    import apprise

    # its lines quote addresses and answers, and so keys
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    asset = apprise.AppriseAsset(async_mode=False)  # in the thread that calls, none of its own
    found: list[Target] = []
    for number, line in enumerate(urls.reveal().splitlines(), start=1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service is None or isinstance(service, dict):
            raise Refused(f"{doing}: line {number} is no address that Apprise knows", reason="badAddress")
        service.socket_connect_timeout = timeout
        service.socket_read_timeout = timeout + THREAD_SECONDS
        found.append(Target(called=f"{service.service_name!s} (line {number})", client=service))
    if not found:
        raise Refused(f"{doing}: there is no address in the list", reason="noAddress")
    return found


def _tell(client: "NotifyBase", message: Message) -> bool:
    """Tell one service, and say whether it took it."""
    from apprise import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    attach = None
    if (picture := message.picture) is not None:
        file = AttachMemory(content=picture.content, name=picture.file, mimetype=picture.media)  # type: ignore[no-untyped-call]
        attach = AppriseAttachment(file)
    return bool(client.notify(body=message.text, title=message.title, attach=attach))


def _summary(said: Mapping[Target, str]) -> str:
    def those(word: str) -> list[str]:
        return [each.called for each, found in said.items() if found == word]

    parts = []
    if done := those("done"):
        parts.append(f"it is out to {listed(done, last='and')}")
    if failed := those("failed"):
        parts.append(f"{listed(failed, last='and')} failed, as far as Apprise says")
    if late := those("late"):
        parts.append(f"{listed(late, last='and')} did not answer in time and may have it")
    return "; ".join(parts)
