"""Is a sign-in kept whole, for its owner alone, and renewed before anybody misses it?"""

import json
import os
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from google.auth.exceptions import TransportError
from google.oauth2.credentials import Credentials

from broadcaster.adapters.clock import ManualClock
from broadcaster.adapters.youtube.renewal import KeptSignIn
from broadcaster.adapters.youtube.token_store import SignIn, TokenStore, outlives
from broadcaster.ports import Secret
from broadcaster.season.errors import NeedsHuman, Unavailable

NOON = datetime(2027, 10, 20, 12, 0, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
POSIX = pytest.mark.skipif("os.name != 'posix'", reason="Windows has no such modes")


def a_sign_in(**changes: Any) -> SignIn:
    usual = SignIn(
        client_id="us",
        client_secret=Secret("quiet"),
        refresh_token=Secret("long-1"),
        scopes=("https://www.googleapis.com/auth/youtube",),
        access_token=Secret("short-0"),
        access_expires_at=NOON + HOUR,
        signed_in_at=NOON,
        channel_id="UC1",
        channel="Сән апталығы",
    )
    return replace(usual, **changes)


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "state" / "youtube.token")


class Google:
    """A token endpoint without a network: what it was asked, and what it answers next."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[Any] = []
        self.meanwhile = lambda: None

    def __call__(self, url: str, method: str, body: bytes, headers: Any) -> Any:
        self.asked.append(dict(parse_qsl(body.decode())) | {"url": url})
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else fresh(len(self.asked))
        if isinstance(answer, Exception):
            raise answer
        status, document = answer
        return SimpleNamespace(status=status, data=json.dumps(document).encode())


def fresh(number: int, **more: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"access_token": f"short-{number}", "expires_in": 3600, "token_type": "Bearer", **more}


DEAD = (400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})


def sent(kept: KeptSignIn, google: Google) -> str:
    """The access token that a request would carry now."""
    headers: dict[str, str] = {}
    kept.before_request(google, "GET", "https://youtube.googleapis.com/", headers)
    return headers["authorization"].removeprefix("Bearer ")


# The file.


def test_what_is_written_is_read_back(store: TokenStore) -> None:
    written = a_sign_in(refresh_expires_at=NOON + 7 * DAY, token_uri="http://127.0.0.1:1/token")
    store.write(written)
    assert store.read() == written


def test_googles_own_client_reads_the_file_too(store: TokenStore) -> None:
    store.write(a_sign_in())
    theirs: Any = Credentials.from_authorized_user_file(str(store.path))  # type: ignore[no-untyped-call]
    assert (theirs.refresh_token, theirs.client_id, theirs.token) == ("long-1", "us", "short-0")
    assert theirs.expiry == (NOON + HOUR).replace(tzinfo=None)
    assert theirs.token_uri == "https://oauth2.googleapis.com/token"


@POSIX
def test_only_its_owner_may_read_it_also_after_it_was_renewed(store: TokenStore) -> None:
    before = os.umask(0)
    try:
        store.write(a_sign_in())
        store.renew(a_sign_in(), a_sign_in(access_token=Secret("short-1")))
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    store.path.chmod(0o644)
    with pytest.raises(NeedsHuman, match="chmod 600"):
        store.read()


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_what_was_there_and_nothing_beside_it(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    store.write(a_sign_in())

    def fail(*_: Any) -> None:
        raise failure

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(f"os.{step}", fail)
            with pytest.raises(type(failure)):
                store.write(a_sign_in(channel="another"))
        assert store.read() == a_sign_in()
    assert sorted(path.name for path in store.path.parent.iterdir()) == ["youtube.token", "youtube.token.lock"]


def test_readers_never_find_half_of_it_while_it_is_replaced(store: TokenStore) -> None:
    store.write(a_sign_in())
    troubles: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                store.read()
            except NeedsHuman as error:
                troubles.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(100):
        store.write(a_sign_in(channel="x" * (number * 100)))
    done.set()
    reader.join()
    assert troubles == []


@POSIX
def test_a_link_stays_a_link(store: TokenStore, tmp_path: Path) -> None:
    store.write(a_sign_in())
    link = tmp_path / "link"
    link.symlink_to(store.path)
    TokenStore(link).write(a_sign_in(channel="by the link"))
    assert link.is_symlink()
    assert store.read().channel == "by the link"


def test_a_renewal_never_goes_over_a_newer_sign_in(store: TokenStore) -> None:
    store.write(a_sign_in(refresh_token=Secret("long-2")))
    assert store.renew(a_sign_in(), a_sign_in(access_token=Secret("short-9"))) is None
    assert store.read().refresh_token.reveal() == "long-2"


def test_a_sign_in_does_not_print(store: TokenStore) -> None:
    store.write(a_sign_in())
    for text in (repr(store.read()), str(store.read()), f"{store.read()}", repr(KeptSignIn(store.path, clock()))):
        assert not any(secret in text for secret in ("quiet", "long-1", "short-0"))


# The renewal.


def clock() -> ManualClock:
    return ManualClock(NOON)


async def test_it_is_renewed_ahead_and_kept(store: TokenStore) -> None:
    store.write(a_sign_in())
    now, google = clock(), Google()
    kept = KeptSignIn(store.path, now, token_uri="http://here/token")
    assert sent(kept, google) == "short-0"
    await now.advance_to(NOON + 49 * MINUTE)
    assert sent(kept, google) == "short-0"
    assert google.asked == []
    await now.advance_to(NOON + 51 * MINUTE)
    assert sent(kept, google) == "short-1"
    assert google.asked[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "long-1",
        "client_id": "us",
        "client_secret": "quiet",
        "url": "http://here/token",
    }
    assert sent(kept, google) == "short-1"
    assert len(google.asked) == 1
    assert store.read() == a_sign_in(access_token=Secret("short-1"), access_expires_at=NOON + 111 * MINUTE)
    assert sent(KeptSignIn(store.path, now), google) == "short-1"  # a restart goes on with it
    assert len(google.asked) == 1
    await now.advance_to(NOON + 102 * MINUTE)
    assert sent(kept, google) == "short-2"


def test_a_refresh_token_that_google_changes_is_kept(store: TokenStore) -> None:
    store.write(a_sign_in(access_expires_at=None))
    google = Google()
    google.answers = [fresh(1, refresh_token="long-2", refresh_token_expires_in=604799)]
    sent(KeptSignIn(store.path, clock()), google)
    assert store.read().refresh_token.reveal() == "long-2"
    assert store.read().refresh_expires_at == NOON + timedelta(seconds=604799)


async def test_google_away_while_the_token_is_good_is_not_felt_and_not_asked_all_the_time(store: TokenStore) -> None:
    store.write(a_sign_in())
    now, google = clock(), Google()
    kept = KeptSignIn(store.path, now)
    google.answers = [TransportError("no route"), (503, {}), TransportError("no route")]
    for minutes in (51, 51.5, 52.5, 52.6):
        await now.advance_to(NOON + minutes * MINUTE)
        assert sent(kept, google) == "short-0"
    assert len(google.asked) == 2
    await now.advance_to(NOON + 60 * MINUTE)
    with pytest.raises(Unavailable, match="check the network"):
        sent(kept, google)
    assert sent(kept, google) == "short-4"


def test_a_new_sign_in_is_used_at_the_next_request(store: TokenStore) -> None:
    store.write(a_sign_in())
    google = Google()
    kept = KeptSignIn(store.path, clock())
    google.answers = [DEAD]
    with pytest.raises(NeedsHuman, match="sign in again with `broadcaster auth youtube`") as caught:
        kept.refresh(google)
    assert caught.value.reason == "invalid_grant"
    store.write(a_sign_in(refresh_token=Secret("long-2"), access_token=Secret("new"), access_expires_at=NOON + HOUR))
    assert sent(kept, google) == "new"
    assert len(google.asked) == 1


def test_a_rejected_token_that_another_process_has_renewed_already_is_not_renewed_again(store: TokenStore) -> None:
    store.write(a_sign_in())
    google = Google()
    kept = KeptSignIn(store.path, clock())
    store.write(a_sign_in(access_token=Secret("theirs")))
    kept.refresh(google)
    assert sent(kept, google) == "theirs"
    assert google.asked == []
    kept.refresh(google)  # rejected as well: now it is asked for
    assert sent(kept, google) == "short-1"


def test_somebody_who_signs_in_during_a_renewal_wins(store: TokenStore) -> None:
    store.write(a_sign_in(access_expires_at=None))
    google = Google()
    new = a_sign_in(refresh_token=Secret("long-2"), access_token=Secret("new"))

    def write() -> None:
        store.write(new)

    google.meanwhile = write
    kept = KeptSignIn(store.path, clock())
    assert sent(kept, google) == "short-1"
    assert store.read() == new
    assert sent(kept, google) == "new"


def test_a_file_that_breaks_or_goes_does_not_end_what_works(
    store: TokenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.write(a_sign_in())
    google = Google()
    kept = KeptSignIn(store.path, clock())
    store.path.write_text("{")
    assert sent(kept, google) == "short-0"
    assert sent(kept, google) == "short-0"
    assert caplog.text.count("is not JSON") == 1
    store.path.unlink()
    assert sent(kept, google) == "short-0"
    kept.refresh(google)
    assert sent(kept, google) == "short-1"
    assert not store.path.exists()


def test_a_folder_that_cannot_be_written_costs_a_warning_and_no_more(
    store: TokenStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(a_sign_in(access_expires_at=None))
    google = Google()
    kept = KeptSignIn(store.path, clock())

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", refuse)
        assert sent(kept, google) == "short-1"
        kept.refresh(google)
        assert sent(kept, google) == "short-2"
    assert caplog.text.count("cannot be kept") == 1
    assert store.read().access_token.reveal() == "short-0"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (DEAD, NeedsHuman, "sign in again"),
        ((401, {"error": "invalid_client", "error_description": "Unauthorized"}), NeedsHuman, "OAuth client"),
        ((401, {"error": "deleted_client"}), NeedsHuman, "was deleted"),
        ((500, {"error": "internal_failure"}), Unavailable, "try again in a minute"),
        ((429, {}), Unavailable, "try again in a minute"),
        ((200, {"token_type": "Bearer"}), Unavailable, "gives no access token"),
        ((400, {"error": "brand_new_trouble"}), NeedsHuman, "brand_new_trouble"),
    ],
)
def test_every_refusal_says_what_to_do(store: TokenStore, answer: Any, kind: type[Exception], said: str) -> None:
    store.write(a_sign_in(access_expires_at=None))
    google = Google()
    google.answers = [answer]
    with pytest.raises(kind, match=said) as caught:
        sent(KeptSignIn(store.path, clock()), google)
    assert not any(secret in str(caught.value) for secret in ("quiet", "long-1"))


# How long it lasts.


def test_a_sign_in_that_ends_before_the_last_show_is_warned_of(store: TokenStore) -> None:
    store.write(a_sign_in(refresh_expires_at=NOON + 7 * DAY))
    assert outlives(store.path, NOON + 6 * DAY) is None
    said = outlives(store.path, NOON + 8 * DAY)
    assert said is not None
    assert "ends 2027-10-27 12:00 UTC" in said
    assert "broadcaster auth youtube" in said


def test_one_that_nobody_limits_is_not_warned_of_and_a_missing_one_is(store: TokenStore) -> None:
    assert "nobody is signed in" in str(outlives(store.path, NOON))
    store.write(a_sign_in())
    assert outlives(store.path, NOON + 3650 * DAY) is None
