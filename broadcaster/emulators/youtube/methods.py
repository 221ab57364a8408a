"""Which methods does this YouTube serve?"""

from broadcaster.emulators.youtube import chat, live, playlists, videos
from broadcaster.emulators.youtube.calls import Answer, Call
from broadcaster.emulators.youtube.method import OWNER, PAGING, PARTNER_READERS, Method
from broadcaster.emulators.youtube.queries import FLAG, PART, TEXTS, one_filter
from broadcaster.emulators.youtube.resources import channel_resource, page
from broadcaster.emulators.youtube.tokens import AUDIT

CHANNEL_PARTS = frozenset(
    "id snippet contentDetails statistics status brandingSettings localizations topicDetails auditDetails "
    "contentOwnerDetails".split()
)


def list_channels(call: Call) -> Answer:
    """channels.list: there is one channel, and it is ours."""
    values, ours = call.values, call.state.channel_id
    is_ours = one_filter(values, ("id", "mine")) == "mine" or ours in values["id"]
    items = [channel_resource(call.state, call.parts)] if is_ours else []
    kind = "youtube#channelListResponse"
    return page(kind, items, tokens={}, total=len(items), per_page=values["maxResults"])


LIST_CHANNELS = Method(
    name="channels.list",
    verb="GET",
    path="/youtube/v3/channels",
    parts=CHANNEL_PARTS,
    parameters={"part": PART, "id": TEXTS, "mine": FLAG, **PAGING},
    do=list_channels,
    domain="youtube.channel",
    help="v3/docs/channels/list",
    scopes=PARTNER_READERS | {AUDIT},
    ignored=frozenset({"hl"}),
    refused=OWNER | {"categoryId", "forHandle", "forUsername", "managedByMe", "mySubscribers"},
)

METHODS: tuple[Method, ...] = (
    *live.METHODS,
    *videos.METHODS,
    *playlists.METHODS,
    *chat.METHODS,
    LIST_CHANNELS,
)
