"""How does an announcement go out as one e-mail, to a list's address or to many blind? The port, in SMTP's words."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from broadcaster.adapters.posts.letter import address_of, is_address, letter, message_id, one_line
from broadcaster.ports import Clock, Message, Secret
from broadcaster.season.errors import FarEndError, NeedsHuman, OutcomeUnknown, Refused, Unavailable
from broadcaster.season.wording import quoted

if TYPE_CHECKING:
    from aiosmtplib import SMTP

log = logging.getLogger(__name__)

Security = Literal["starttls", "tls", "none"]
LONGEST_ANSWER = 200
MOST_READERS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One who gets it; `place` says where the address is written, which may be said aloud, as the address may not."""

    address: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The SMTP server that takes our mail; `ca` is a file of certificates to trust beside the system's."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: Secret | None = None
    ca: Path | None = None


class _Stage:
    """How far the talk with the server came."""

    def __init__(self) -> None:
        self.is_handed_over = False
        """The letter itself may have left."""
        self.taken = 0
        """For how many readers the server has taken it."""


class MailChannel:
    """One list of readers who get announcements by e-mail, as ports.Channel.

    `to` is seen by everybody; `bcc` is a file with one address a line, read anew for each post. `timeout` is in real
    seconds for a whole post.
    """

    def __init__(
        self,
        *,
        name: str,
        server: MailServer,
        sender: str,
        clock: Clock,
        to: Sequence[str] = (),
        bcc: Path | None = None,
        reply_to: str = "",
        unsubscribe: str = "",
        timeout: float = 30.0,
    ) -> None:
        self.name = name
        self._server = server
        self._sender = address_of(sender)
        self._to = tuple(address_of(each) for each in to)
        self._bcc = bcc
        self._reply_to = address_of(reply_to) if reply_to else None
        self._unsubscribe = unsubscribe
        self._clock = clock
        self._timeout = timeout
        self._trust: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"MailChannel(name={self.name!r}, host={self._server.host!r})"

    async def check(self) -> str:
        """Sign in, and say who would be written to; sends nothing. Raises Unavailable, Refused or NeedsHuman."""
        doing = f"{self.name}: sign in at {self._server.host}"
        readers = await asyncio.to_thread(self._readers, doing)
        async with self._talk(doing, _Stage()) as smtp:
            await smtp.noop()
        people = "1 address" if len(readers) == 1 else f"{len(readers)} addresses"
        return f"{self._server.host} takes mail from {self._sender.addr_spec}, for {people}"

    async def post(self, message: Message, *, key: str) -> str:
        """Send the e-mail once and return its Message-ID; readers whom the server refuses are told in the log."""
        doing = f"{self.name}: send the e-mail"
        readers = await asyncio.to_thread(self._readers, doing)
        content = letter(
            message,
            key=key,
            sender=self._sender,
            to=self._to,
            reply_to=self._reply_to,
            unsubscribe=self._unsubscribe,
            domain=self._sender.domain,
            date=self._clock.now(),
        )
        stage = _Stage()
        async with self._talk(doing, stage) as smtp:
            await self._hand_over(smtp, content, readers, stage)
        return message_id(key, self._sender.domain)

    async def find(self, message: Message, *, since: datetime, others: Collection[str]) -> str | None:
        """Raises Refused: nobody can look into its readers' boxes."""
        raise Refused(f"{self.name}: an e-mail cannot be looked for once it has left", reason="noFind")

    async def edit(self, post: str, message: Message) -> None:
        """Raises Refused: what was sent stays."""
        raise Refused(f"{self.name}: an e-mail cannot be changed once it has left", reason="noEdit")

    async def pin(self, post: str) -> None:
        """Raises Refused: there is no top to pin it at."""
        raise Refused(f"{self.name}: an e-mail cannot be pinned", reason="noPin")

    def _readers(self, doing: str) -> list[Reader]:
        """Everybody who gets it, each once. Raises Refused that names the line."""
        readers = {each.addr_spec.lower(): Reader(address=each.addr_spec, place="to") for each in self._to}
        if self._bcc is not None:
            try:
                lines = self._bcc.read_text("utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                why = getattr(error, "strerror", None) or "it is not UTF-8"
                raise Refused(f"{doing}: the list {self._bcc} cannot be read: {why}", reason="noList") from error
            for number, line in enumerate(lines, start=1):
                address = line.partition("#")[0].strip()
                if not address:
                    continue
                place = f"{self._bcc.name}:{number}"
                if not is_address(address):
                    raise Refused(f"{doing}: {place} holds no address; write one a line, without a name", reason=place)
                readers.setdefault(address.lower(), Reader(address=address, place=place))
        if not readers:
            raise Refused(f"{doing}: there is nobody to send it to; fill {self._bcc}", reason="noReaders")
        if len(readers) > MOST_READERS:
            raise Refused(
                f"{doing}: {len(readers)} addresses are more than one channel takes ({MOST_READERS}); let a mailing "
                "list send it, and write the list's address",
                reason="tooMany",
            )
        return list(readers.values())

    async def _hand_over(self, smtp: "SMTP", content: bytes, readers: list[Reader], stage: _Stage) -> None:
        """Give the letter to the server for all readers, in as many turns as it wants."""
        from aiosmtplib import SMTPRecipientRefused, SMTPResponseException

        waiting, lost = readers, list[tuple[Reader, SMTPResponseException]]()
        while waiting:
            refused: list[tuple[Reader, SMTPResponseException]] = []
            size = [f"SIZE={len(content)}"] if smtp.supports_extension("size") else []
            await smtp.mail(self._sender.addr_spec, options=size)
            for reader in waiting:
                try:
                    await smtp.rcpt(reader.address)
                except SMTPRecipientRefused as error:
                    refused.append((reader, error))
            is_for_nobody = len(refused) == len(waiting)
            if is_for_nobody and not stage.taken:
                raise next((error for _, error in refused if error.code < 500), refused[0][1])
            if not is_for_nobody:
                stage.is_handed_over = True
                await smtp.data(content)
                stage.is_handed_over = False
                stage.taken += len(waiting) - len(refused)
            # 452: no more readers in this turn (RFC 5321, 4.5.3.1.10)
            waiting = [reader for reader, error in refused if error.code == 452 and not is_for_nobody]
            lost += [(reader, error) for reader, error in refused if reader not in waiting]
        if lost:
            said = "; ".join(f"{reader.place}: {_said(error)}" for reader, error in lost[:5])
            log.warning(
                "%s: the e-mail is out to %d; the server refuses it for %d (%s)",
                self.name,
                stage.taken,
                len(lost),
                said,
                extra={"event": "mail_refused"},
            )

    @contextlib.asynccontextmanager
    async def _talk(self, doing: str, stage: _Stage) -> "AsyncIterator[SMTP]":
        """A signed-in connection for as long as the context lasts; what goes wrong in it comes out in our words."""
        from aiosmtplib import SMTP, SMTPException

        server = self._server
        context = await self._trusted(doing)
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=self._sender.domain,
            timeout=self._timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=context,
            username=server.user or None,
            password=server.password.reveal() if server.password is not None and server.user else None,
        )
        problem: FarEndError
        try:
            async with asyncio.timeout(self._timeout):
                await smtp.connect()
                yield smtp
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                await smtp.quit(timeout=1.0)  # it is said and done already
            return
        except (SMTPException, OSError, TimeoutError) as error:
            problem = _translated(doing, server.host, error, stage, self._timeout)
        finally:
            smtp.close()
        # raised here, so that no error of the library's, with the password in reach, hangs on to it
        raise problem

    async def _trusted(self, doing: str) -> ssl.SSLContext | None:
        if self._server.security == "none":
            return None
        if self._trust is None:
            try:
                self._trust = await asyncio.to_thread(_trust, self._server.ca)
            except (OSError, ssl.SSLError) as error:
                why = getattr(error, "strerror", None) or type(error).__name__
                raise NeedsHuman(f"{doing}: the certificates in {self._server.ca} cannot be read: {why}") from error
        return self._trust


def _trust(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca is not None:
        context.load_verify_locations(ca)
    return context


def _said(error: Exception) -> str:
    """What the server said, on one line and never endless."""
    text = one_line(" ".join(str(each) for each in error.args[:2]))
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"


def _translated(doing: str, host: str, error: Exception, stage: _Stage, timeout: float) -> FarEndError:
    """The error that what went wrong stands for."""
    from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

    known = isinstance(error, SMTPResponseException)
    code = error.code if isinstance(error, SMTPResponseException) else 0
    if not known and stage.is_handed_over:
        why = f"no answer within {timeout:g} s" if isinstance(error, TimeoutError) else "the connection was closed"
        return OutcomeUnknown(f"{doing}: it was handed over, and no answer came ({why}); it may be out")
    if stage.taken:
        return OutcomeUnknown(
            f"{doing}: it is out to {stage.taken}, and not to the others ({_said(error) or type(error).__name__})"
        )
    if (trouble := _certificate_trouble(error)) is not None:
        return NeedsHuman(
            f"{doing}: the certificate of {quoted(host)} is not trusted ({trouble}); is the host right, and is `ca` "
            "set where your office has its own?",
            reason="certificate",
        )
    if isinstance(error, SMTPAuthenticationError) and code >= 500:
        return NeedsHuman(
            f"{doing}: the server does not take the user and password; mend them in config.toml (SMTP: {_said(error)})",
            reason=str(code),
        )
    if known and code >= 500:
        return Refused(f"{doing}: the server refuses it (SMTP: {_said(error)})", reason=str(code))
    if known:
        return Unavailable(f"{doing}: the server cannot take it now (SMTP: {_said(error)})", reason=str(code))
    if isinstance(error, SMTPException) and not isinstance(error, OSError):
        # what the server does not offer: STARTTLS, or a way to sign in
        return NeedsHuman(f"{doing}: {_said(error)} Look at `security`, `user` and `password` in config.toml")
    why = f"no answer within {timeout:g} s" if isinstance(error, TimeoutError) else _said(error)
    return Unavailable(f"{doing}: {quoted(host)} cannot be reached ({why})")


def _certificate_trouble(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None
