"""Is the panel served encrypted, with the certificate that is in the files by now, and never with half of one?"""

import asyncio
import datetime as dt
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broadcaster.adapters.clock import ManualClock
from broadcaster.cli.service import Service
from broadcaster.panel import Panel
from broadcaster.panel.origin import Access
from broadcaster.panel.tls import Certificate
from broadcaster.season.errors import BroadcastError, Unavailable
from tests.unit.test_panel_api import NOW, TOKEN, FakeDesk
from tests.waiting import until


def write_pair(folder: Path, name: str, *, password: bytes | None = None) -> tuple[Path, Path]:
    """A self-made certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    key_path.unlink(missing_ok=True)
    os.close(os.open(key_path, os.O_WRONLY | os.O_CREAT, 0o600))
    key_path.write_bytes(pem)
    return cert_path, key_path


async def shown_at(port: int) -> str:
    """The name in the certificate that a new connection gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        raw = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return str(x509.load_der_x509_certificate(raw).subject.rfc4514_string())


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[Panel, int, ManualClock]]:
    clock, desk = ManualClock(NOW), FakeDesk()
    cert, key = write_pair(tmp_path, "one")
    panel = Panel(desk, token=TOKEN, clock=clock, access=Access(tls_cert=cert, tls_key=key))
    desk.turn()
    async with panel.serve("127.0.0.1", 0) as port:
        yield panel, port, clock


async def test_a_renewed_certificate_is_served_within_a_minute_without_a_restart(
    served: tuple[Panel, int, ManualClock], tmp_path: Path
) -> None:
    panel, port, clock = served
    keeping_up = asyncio.create_task(panel.keep_up())
    assert await shown_at(port) == "CN=one"
    write_pair(tmp_path, "two")
    assert await shown_at(port) == "CN=one"

    async def is_renewed() -> bool:
        await clock.advance_to(clock.now() + timedelta(minutes=1))
        return await shown_at(port) == "CN=two"

    await until(is_renewed)
    keeping_up.cancel()


async def test_on_a_signal_it_is_loaded_at_once_and_a_pair_that_does_not_fit_changes_nothing(
    served: tuple[Panel, int, ManualClock], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    panel, port, _ = served
    kept = (tmp_path / "key.pem").read_bytes()
    write_pair(tmp_path, "two")
    fits = (tmp_path / "key.pem").read_bytes()
    (tmp_path / "key.pem").write_bytes(kept)
    for _ in range(2):
        await panel.reload_certificate()
    assert await shown_at(port) == "CN=one"
    assert caplog.text.count("is not the key of") == 1
    (tmp_path / "key.pem").write_bytes(fits)
    await panel.reload_certificate()
    assert await shown_at(port) == "CN=two"


async def test_a_command_of_this_machine_trusts_this_certificate_and_no_other(
    served: tuple[Panel, int, ManualClock], tmp_path: Path
) -> None:
    _, port, _ = served
    service = Service(host="127.0.0.1", port=port, token=lambda: TOKEN, certificate=tmp_path / "cert.pem")
    assert (await asyncio.to_thread(service.look))["show"] == "day-1"
    write_pair(tmp_path, "one")
    with pytest.raises(Unavailable, match="does not show our certificate"):
        await asyncio.to_thread(service.look)
    await asyncio.get_running_loop().shutdown_default_executor()


def test_what_is_wrong_with_the_files_is_said_with_the_remedy(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path, "one")
    with pytest.raises(BroadcastError, match=r"absent\.pem cannot be read"):
        Certificate(tmp_path / "absent.pem", key)
    with pytest.raises(BroadcastError, match="are not a certificate and its key"):
        Certificate(key, key)
    cert.write_text("nothing")
    with pytest.raises(BroadcastError, match="are not a certificate and its key"):
        Certificate(cert, key)
    cert, key = write_pair(tmp_path, "one", password=b"locked")
    with pytest.raises(BroadcastError, match="has a password"):
        Certificate(cert, key)
    if os.name == "posix":
        cert, key = write_pair(tmp_path, "one")
        key.chmod(0o644)
        with pytest.raises(BroadcastError, match="everybody may read the key"):
            Certificate(cert, key)
