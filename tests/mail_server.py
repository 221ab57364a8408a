"""A real SMTP server on loopback, with TLS and sign-in, that can be told to stumble."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as MAIL
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "crew", "mail-very-secret"


@dataclass
class Taken:
    """One e-mail that the server took: who it is for, and how it reads."""

    readers: list[str]
    mail: EmailMessage
    raw: bytes


@dataclass
class MailServerFake:
    """What the server took, and how it shall stumble."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """Reader or "DATA" -> what is answered instead."""
    cut_at: str = ""
    """RCPT: before anything is said; DATA: once the letter has come, unanswered."""
    silent_at: str = ""
    most_readers: int = 1000
    tries: int = 0

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if self.cut_at == "RCPT":
            server.transport.abort()
            return "421 bye"
        if (answer := self.answers.get(address)) is not None:
            return answer
        if len(envelope.rcpt_tos) >= self.most_readers:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.tries += 1
        if (answer := self.answers.get("DATA")) is not None:
            return answer
        raw = envelope.original_content or b""
        mail = BytesParser(policy=MAIL).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        self.taken.append(Taken(readers=list(envelope.rcpt_tos), mail=mail, raw=raw))
        if self.cut_at == "DATA":
            server.transport.abort()
        if self.silent_at == "DATA":
            await asyncio.sleep(30)
        return "250 OK"


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@asynccontextmanager
async def mail_server(
    *, security: str = "none", pair: tuple[Path, Path] | None = None
) -> AsyncIterator[MailServerFake]:
    """Answer on a free port: `none`, `starttls` or `tls`; with either of the last two a sign-in is asked for."""
    fake = MailServerFake()
    context = None
    if pair is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
    transports: list[asyncio.BaseTransport] = []
    talks: list[asyncio.Task[Any]] = []

    class Server(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(transport)
            super().connection_made(transport)
            if (talk := self._handler_coroutine) is not None and talk not in talks:
                talks.append(talk)

    def make() -> SMTP:
        is_asked = security != "none"
        with warnings.catch_warnings():  # it does not know that it is behind TLS already
            warnings.simplefilter("ignore", UserWarning)
            return Server(
                fake,
                hostname="127.0.0.1",
                tls_context=context if security == "starttls" else None,
                require_starttls=security == "starttls",
                auth_required=is_asked,
                auth_require_tls=security == "starttls",
                authenticator=_authenticate if is_asked else None,
            )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        for transport in transports:
            transport.abort()  # type: ignore[attr-defined]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()


def loopback_pair(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "mail-cert.pem", folder / "mail-key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_path, key_path
