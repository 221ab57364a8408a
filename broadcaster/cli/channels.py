"""Which adapter and which emulator stand behind each kind of channel? The one place that knows, for all commands.

A run opens the channels that config.toml names. A rehearsal opens stand-ins of the same kinds, made here, and never
looks at the settings' addresses or secrets: so it cannot reach an account.
"""

import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from broadcaster.cli.closed_channel import ClosedChannel
from broadcaster.cli.config_channels import (
    AppriseTable,
    ChannelTable,
    Discord,
    Email,
    Facebook,
    Instagram,
    Mastodon,
    OwnLimit,
    Telegram,
    Webhook,
)
from broadcaster.cli.config_secret import SecretRef, reveal_address, reveal_addresses, reveal_token
from broadcaster.ports import Channel, Clock, Secret, Shelf
from broadcaster.season.channels import Reach
from broadcaster.season.errors import SeasonError

if TYPE_CHECKING:
    from broadcaster.adapters.posts.graph import Graph
    from broadcaster.cli.config import Config
    from broadcaster.emulators.control import Emulator

USUAL = "telegram"
"""What a rehearsal plays a channel on that no settings know."""
REHEARSAL_KEY = "whsec_" + "cmVoZWFyc2Fs" * 4
"""A webhook's secret in rehearsals and on emulators: made up, and known to all."""


class PostChannel(Channel, Protocol):
    """A channel that can be looked at before a show."""

    async def check(self) -> str:
        """Who we are there, for the go/no-go board; posts nothing. Raises FarEndError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What stands behind one kind of channel. The heavy clients are imported when they are called.

    `open` takes the channel's name, its table, the clock, and the shelf for kinds that fetch their pictures; it raises
    SeasonError for a secret that cannot be had.
    `stand_in` takes the name, and the emulator that `emulator` made, started, and gives a table that points at it.
    """

    open: Callable[[str, Any, Clock, Shelf], PostChannel]
    emulator: Callable[[Clock, float], "Emulator"]
    stand_in: Callable[[str, Any], ChannelTable]


def _telegram(name: str, table: Telegram, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.telegram import TelegramChannel

    token = reveal_token(table.token, "[0-9]+:[A-Za-z0-9_-]+", "it looks like 123456:AbC-dEf, from @BotFather")
    return TelegramChannel(name=name, token=token, chat=table.chat, endpoint=table.endpoint)


def _emulated_telegram(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.telegram import EmulatedTelegram

    return EmulatedTelegram(clock, speed=speed)


def _stand_in_telegram(name: str, emulator: "Emulator") -> Telegram:
    return Telegram(
        kind="telegram",
        token=_made_up("1:rehearsal"),
        chat=f"@{name.replace('-', '_')}_rehearsal",
        endpoint=emulator.url,
    )


def _discord(name: str, table: Discord, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.discord import DiscordChannel

    webhook = reveal_address(table.webhook)
    try:
        return DiscordChannel(name=name, webhook=webhook)
    except ValueError as error:
        raise table.webhook.wrong(str(error), "copy it from the channel's settings: Integrations, Webhooks") from None


def _emulated_discord(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.discord import EmulatedDiscord

    return EmulatedDiscord(clock, speed=speed)


def _stand_in_discord(name: str, emulator: "Emulator") -> Discord:
    number = zlib.crc32(name.encode())  # each channel of the rehearsal has a webhook of its own
    return Discord(kind="discord", webhook=_made_up(f"{emulator.url}/api/webhooks/{number}/rehearsal"))


def _mastodon(name: str, table: Mastodon, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.mastodon import MastodonChannel

    return MastodonChannel(
        name=name,
        server=table.server,
        token=reveal_token(table.token),
        clock=clock,
        visibility=table.visibility,
        longest=table.longest,
    )


def _emulated_mastodon(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.mastodon import EmulatedMastodon

    return EmulatedMastodon(clock, speed=speed)


def _stand_in_mastodon(name: str, emulator: "Emulator") -> Mastodon:
    return Mastodon(kind="mastodon", server=emulator.url, token=_made_up(f"rehearsal-{name}"))


def _webhook(name: str, table: Webhook, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.webhook import WebhookChannel

    url, secret = reveal_address(table.url), table.secret.reveal()
    try:
        return WebhookChannel(name=name, url=url, secret=secret, clock=clock)
    except ValueError as error:
        raise table.secret.wrong(str(error), "docs/channels.md says how to make one") from None


def _emulated_webhook(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.webhook import EmulatedWebhook

    return EmulatedWebhook(clock, speed=speed, secret=REHEARSAL_KEY)


def _stand_in_webhook(name: str, emulator: "Emulator") -> Webhook:
    return Webhook(kind="webhook", url=_made_up(f"{emulator.url}/hooks/{name}"), secret=_made_up(REHEARSAL_KEY))


def _email(name: str, table: Email, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.mail import MailChannel, MailServer

    server = MailServer(
        host=table.host,
        port=table.port,
        security=table.security,
        user=table.user,
        password=table.password.reveal() if table.password is not None else None,
        ca=table.ca,
    )
    return MailChannel(
        name=name,
        server=server,
        sender=table.sender,
        clock=clock,
        to=table.to,
        bcc=table.bcc,
        reply_to=table.reply_to,
        unsubscribe=table.unsubscribe,
    )


def _emulated_mail(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.mail import EmulatedMail

    return EmulatedMail(clock, speed=speed)


def _stand_in_mail(name: str, emulator: Any) -> Email:
    settings = {
        "kind": "email",
        "host": emulator.host,
        "port": emulator.mail_port,
        "security": "none",
        "from": "Rehearsal <show@rehearsal.test>",
        "to": [f"{name}@rehearsal.test"],
    }
    return Email.model_validate(settings)


def _facebook(name: str, table: Facebook, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.facebook import FacebookChannel

    return FacebookChannel(name=name, graph=_graph("Facebook", table), page=table.page, clock=clock)


def _instagram(name: str, table: Instagram, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.instagram import InstagramChannel

    graph = _graph("Instagram", table)
    return InstagramChannel(name=name, graph=graph, account=table.account, shelf=shelf, clock=clock)


def _graph(called: str, table: Facebook | Instagram) -> "Graph":
    from broadcaster.adapters.posts.graph import Graph

    return Graph(called=called, token=reveal_token(table.token), endpoint=table.endpoint, version=table.version)


def _emulated_meta(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.meta import EmulatedMeta

    return EmulatedMeta(clock, speed=speed)


def _stand_in_facebook(name: str, emulator: "Emulator") -> Facebook:
    page = str(zlib.crc32(name.encode()))
    return Facebook(kind="facebook", page=page, token=_made_up("EAAB-rehearsal"), endpoint=emulator.url)


def _stand_in_instagram(name: str, emulator: Any) -> Instagram:
    account = str(zlib.crc32(name.encode()))
    return Instagram(kind="instagram", account=account, token=_made_up("EAAB-rehearsal"), endpoint=emulator.url)


def _apprise(name: str, table: AppriseTable, clock: Clock, shelf: Shelf) -> PostChannel:
    from broadcaster.adapters.posts.apprise import AppriseChannel

    return AppriseChannel(name=name, urls=reveal_addresses(table.urls))


def _emulated_notices(clock: Clock, speed: float) -> "Emulator":
    from broadcaster.emulators.apprise import EmulatedNotices

    return EmulatedNotices(clock, speed=speed)


def _stand_in_apprise(name: str, emulator: "Emulator") -> AppriseTable:
    where = emulator.url.removeprefix("http://")
    return AppriseTable(kind="apprise", urls=_made_up(f"json://rehearsal:{REHEARSAL_KEY}@{where}/notices/{name}"))


def _made_up(secret: str) -> SecretRef:
    return SecretRef.given(Secret(secret))


KINDS: Mapping[str, Kind] = {
    "telegram": Kind(open=_telegram, emulator=_emulated_telegram, stand_in=_stand_in_telegram),
    "discord": Kind(open=_discord, emulator=_emulated_discord, stand_in=_stand_in_discord),
    "mastodon": Kind(open=_mastodon, emulator=_emulated_mastodon, stand_in=_stand_in_mastodon),
    "email": Kind(open=_email, emulator=_emulated_mail, stand_in=_stand_in_mail),
    "facebook": Kind(open=_facebook, emulator=_emulated_meta, stand_in=_stand_in_facebook),
    "instagram": Kind(open=_instagram, emulator=_emulated_meta, stand_in=_stand_in_instagram),
    "apprise": Kind(open=_apprise, emulator=_emulated_notices, stand_in=_stand_in_apprise),
    "webhook": Kind(open=_webhook, emulator=_emulated_webhook, stand_in=_stand_in_webhook),
}
"""Kind -> what stands behind it; for every table of config_channels.TABLES."""


def open_channel(name: str, table: ChannelTable, clock: Clock, shelf: Shelf) -> PostChannel:
    """The adapter that posts to the channel. Raises SeasonError for a secret that cannot be had."""
    return KINDS[table.kind].open(name, table, clock, shelf)


def open_or_closed(name: str, table: ChannelTable, clock: Clock, shelf: Shelf) -> Channel:
    """As open_channel; one whose secret cannot be had is closed until it can, so that a run is not stopped by it."""
    try:
        return open_channel(name, table, clock, shelf)
    except SeasonError as error:
        return ClosedChannel(name, lambda: open_channel(name, table, clock, shelf), error)


def channels_for(names: Collection[str], config: "Config") -> dict[str, ChannelTable]:
    """The tables of those of the channels that the settings have."""
    return {name: table for name, table in config.channels.items() if name in names}


def reaches(config: "Config") -> dict[str, Reach]:
    """What each channel of the settings can do."""
    return {name: table.reach() for name, table in config.channels.items()}


def kinds_for(names: Collection[str], config: "Config") -> dict[str, str]:
    """The kind of each channel, for a rehearsal: what the settings say, and the usual one where they say nothing."""
    return {name: config.channels[name].kind if name in config.channels else USUAL for name in sorted(names)}


def longest_for(names: Collection[str], config: "Config") -> dict[str, int]:
    """The longest text of those channels of the settings that have a limit of their own, for a rehearsal."""
    tables = channels_for(names, config)
    return {name: table.longest for name, table in tables.items() if isinstance(table, OwnLimit)}


def stand_in(name: str, kind: str, emulator: Any, longest: int | None) -> ChannelTable:
    """A rehearsal's table, which points at the emulator; with `longest` both take texts as long as that."""
    table = KINDS[kind].stand_in(name, emulator)
    if longest is not None and isinstance(table, OwnLimit):
        table = table.model_copy(update={"longest": longest})
        if isinstance(table, Mastodon):
            emulator.take(table.token.reveal().reveal(), longest)
    return table
