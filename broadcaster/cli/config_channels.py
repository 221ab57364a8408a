"""Where do announcements go, and who may post there? The tables [channels.NAME] of config.toml, one class per kind.

To add a kind: its class here, in _Any; its entry in cli/channels.py; what it can do in season/channels.py.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from broadcaster.cli.config_secret import Address, SecretRef, absolute, settle_secrets
from broadcaster.cli.config_table import Table, is_loopback, refuse
from broadcaster.season.channels import REACH, Reach
from broadcaster.season.wording import listed, near, quoted


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _chat(name: str) -> str:
    if not re.fullmatch(r"@[A-Za-z0-9_]+|-?[0-9]+", name):
        raise refuse(f"{quoted(name)} names no chat", 'write the channel\'s "@name", or its number')
    return name


class ChannelTable(Table):
    """What every kind of channel has. A secret is always a SecretRef."""

    kind: str

    def reach(self) -> Reach:
        """What this channel can do: its kind, within the limits of its own server."""
        return REACH[self.kind]

    def settle(self, name: str, source: Path) -> None:
        """Settle what the table names: `name` is the table's, for messages, `source` the file that it is in."""
        settle_secrets(self, name, source)


class OwnLimit(ChannelTable):
    """A kind whose far ends differ in how long a text they take."""

    longest: int

    def reach(self) -> Reach:
        """With the length that this far end takes."""
        return replace(REACH[self.kind], most=self.longest, most_beside=self.longest)


class Telegram(ChannelTable):
    """A Telegram channel."""

    kind: Literal["telegram"]
    token: SecretRef
    """The bot's token, from @BotFather; the bot must be an administrator of the channel."""
    chat: Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_chat)]
    """`@name` of the channel, or its number."""
    endpoint: Address = "https://api.telegram.org"
    """Another address for an emulator."""


class Discord(ChannelTable):
    """A Discord channel, through a webhook of it."""

    kind: Literal["discord"]
    webhook: SecretRef
    """The webhook's URL, from the channel's settings: Integrations, Webhooks, Copy Webhook URL."""


class Mastodon(OwnLimit):
    """A Mastodon account."""

    kind: Literal["mastodon"]
    server: Address
    """The server's address, such as "https://mastodon.social"."""
    token: SecretRef
    """The access token of an application that the account made in Preferences, Development."""
    visibility: Literal["public", "unlisted", "private"] = "public"
    """Who sees the posts; `unlisted` keeps them out of the server's public timelines."""
    longest: int = Field(default=REACH["mastodon"].most, ge=1)
    """The longest text that the server takes; `preflight` compares it with what the server says."""


class Webhook(OwnLimit):
    """An address of yours that is told every announcement, signed; docs/channels.md."""

    kind: Literal["webhook"]
    url: SecretRef
    """The address; a secret, because whoever knows such addresses can often post there."""
    secret: SecretRef
    """What the signature is made with: `whsec_` and Base64, as `standardwebhooks` libraries take it."""
    longest: int = Field(default=REACH["webhook"].most, ge=1)
    """The longest text that it takes."""


def _mail_host(host: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", host):
        raise refuse(f"{quoted(host)} is no mail server", 'such as "smtp.example.org"; the port has its own key')
    return host


def _mailbox(text: str) -> str:
    from broadcaster.adapters.posts.letter import address_of

    try:
        address_of(text)
    except ValueError:
        raise refuse(
            f"{quoted(text)} is no address", 'such as "news@example.org", or "Our show <news@example.org>"'
        ) from None
    return text


def _way_out(text: str) -> str:
    if not re.fullmatch(r"(mailto:|https://)[!-;=?-~]+", text):
        raise refuse(f"{quoted(text)} is no way to leave a list", 'such as "mailto:leave@example.org" or "https://..."')
    return text


def _graph_id(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,32}", text):
        raise refuse(f"{quoted(text)} is no id of Meta's", "it is a number; docs/channels.md says where to find it")
    return text


def _graph_version(text: str) -> str:
    if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]", text):
        raise refuse(f"{quoted(text)} is no version of the Graph API", 'such as "v25.0"')
    return text


Mailbox = Annotated[str, AfterValidator(_mailbox)]
GraphId = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_graph_id)]
GraphVersion = Annotated[str, AfterValidator(_graph_version)]


class Email(ChannelTable):
    """Readers who get an e-mail: a list's address, or many from a file who do not see each other."""

    kind: Literal["email"]
    host: Annotated[str, AfterValidator(_mail_host)]
    """The SMTP server that takes our mail."""
    port: int = Field(default=587, ge=1, le=65535)
    """587 with `starttls`, 465 with `tls`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How it is encrypted; `none` only to this machine."""
    user: str = ""
    """Who signs in there, if anybody must."""
    password: SecretRef | None = None
    """The user's password; often one made for programs alone."""
    ca: Path | None = None
    """A file of certificates to trust beside the system's, where your office has its own."""
    sender: Mailbox = Field(alias="from")
    """Who it is from; the server must let this address send."""
    to: list[Mailbox] = Field(default_factory=list)
    """Who gets it and is seen by all: usually the address of a mailing list."""
    bcc: Path | None = None
    """A file with one address a line; who is in it is seen by nobody. Read anew for each e-mail."""
    reply_to: Mailbox | Literal[""] = ""
    """Where answers go, if not to `from`."""
    unsubscribe: Annotated[str, AfterValidator(_way_out)] | Literal[""] = ""
    """How a reader leaves, shown as a button by many: `mailto:` or `https://`."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.security == "none" and not is_loopback(self.host):
            raise refuse(f"{quoted(self.host)} would get the mail unencrypted", 'write security = "starttls" or "tls"')
        if not self.to and self.bcc is None:
            raise refuse("nobody gets the e-mail", 'write `to = ["list@example.org"]`, or `bcc = "readers.txt"`')
        if bool(self.user) != (self.password is not None):
            raise refuse("a user and a password belong together", "write both 'user' and 'password', or neither")
        return self

    def settle(self, name: str, source: Path) -> None:
        """As every table; the files are seen from the folder of `source`, too."""
        super().settle(name, source)
        for key in ("bcc", "ca"):
            if (path := getattr(self, key)) is not None:
                setattr(self, key, absolute(path, source))


class Facebook(ChannelTable):
    """A Facebook Page."""

    kind: Literal["facebook"]
    page: GraphId
    """The Page's id, a number."""
    token: SecretRef
    """A Page access token with pages_manage_posts and pages_read_engagement."""
    version: GraphVersion = "v25.0"
    """The version of the Graph API; Meta ends each after about two years."""
    endpoint: Address = "https://graph.facebook.com"
    """Another address for an emulator."""


class Instagram(ChannelTable):
    """A professional Instagram account; it takes no post without a picture, and needs [api] public_url."""

    kind: Literal["instagram"]
    account: GraphId
    """The account's id, a number."""
    token: SecretRef
    """An access token with instagram_basic and instagram_content_publish."""
    version: GraphVersion = "v25.0"
    """The version of the Graph API; Meta ends each after about two years."""
    endpoint: Address = "https://graph.facebook.com"
    """`https://graph.instagram.com` for a token of Instagram's own sign-in; another one for an emulator."""


class AppriseTable(OwnLimit):
    """Any services that Apprise knows; needs `pip install 'broadcaster[apprise]'`."""

    kind: Literal["apprise"]
    urls: SecretRef
    """Apprise addresses, one a line, such as `slack://...`; they are secrets, so they are kept as one."""
    longest: int = Field(default=REACH["apprise"].most, ge=1)
    """The longest text that all of these services take."""


_Any = Email | Facebook | Instagram | AppriseTable | Telegram | Discord | Mastodon | Webhook
TABLES: dict[str, type[ChannelTable]] = {
    get_args(each.model_fields["kind"].annotation)[0]: each for each in get_args(_Any)
}
"""Kind -> its table."""


def _of_its_kind(value: object) -> object:
    """The table that `kind` names, so that its mistakes are told at the places where the file has them."""
    if not isinstance(value, dict):
        return value
    kind: Any = value.get("kind")
    if not isinstance(kind, str) or kind not in TABLES:
        said = f"there is no channel of the kind {quoted(kind)}" if isinstance(kind, str) else "a channel has a 'kind'"
        hint = near(kind, TABLES) if isinstance(kind, str) else ""
        raise refuse(said, hint or f"kinds: {listed(TABLES)}")
    return TABLES[kind].model_validate(value)


AnyChannel = Annotated[_Any, Field(discriminator="kind"), BeforeValidator(_of_its_kind)]
"""One [channels.NAME]."""
