"""Which numbers does obs-websocket 5 speak in?

From the protocol's published description: close codes, request status codes, and the bits of event subscriptions.
"""

from enum import IntEnum, IntFlag


class Op(IntEnum):
    """What a message is."""

    HELLO = 0
    IDENTIFY = 1
    IDENTIFIED = 2
    REIDENTIFY = 3
    EVENT = 5
    REQUEST = 6
    RESPONSE = 7
    BATCH = 8
    BATCH_RESPONSE = 9


class CloseCode(IntEnum):
    """Why the server closes a socket."""

    GOING_AWAY = 1001
    DECODE = 4002
    MISSING_FIELD = 4003
    FIELD_TYPE = 4004
    FIELD_VALUE = 4005
    UNKNOWN_OP = 4006
    NOT_IDENTIFIED = 4007
    ALREADY_IDENTIFIED = 4008
    AUTHENTICATION = 4009
    RPC_VERSION = 4010
    SESSION_INVALIDATED = 4011
    UNSUPPORTED = 4012


class Status(IntEnum):
    """How a request ended."""

    SUCCESS = 100
    MISSING_TYPE = 203
    UNKNOWN_TYPE = 204
    GENERIC = 205
    UNSUPPORTED_EXECUTION = 206
    NOT_READY = 207
    MISSING_FIELD = 300
    MISSING_DATA = 301
    FIELD_INVALID = 400
    FIELD_TYPE = 401
    FIELD_RANGE = 402
    FIELD_EMPTY = 403
    TOO_MANY_FIELDS = 404
    OUTPUT_RUNNING = 500
    OUTPUT_NOT_RUNNING = 501
    STUDIO_MODE_NOT_ACTIVE = 506
    NOT_FOUND = 600
    EXISTS = 601
    RESOURCE_TYPE = 602
    NOT_ENOUGH = 603
    INPUT_KIND = 605
    NOT_CONFIGURABLE = 606


class Intent(IntFlag):
    """Which events a client subscribed to."""

    GENERAL = 1
    CONFIG = 2
    SCENES = 4
    INPUTS = 8
    TRANSITIONS = 16
    OUTPUTS = 64
    SCENE_ITEMS = 128
    UI = 1024


ALL_LOW_VOLUME = (1 << 12) - 1
"""What a client gets that names no subscriptions: General up to Canvases."""


class RequestRefused(Exception):
    """A request that is answered with an error code."""

    def __init__(self, code: int, comment: str = "") -> None:
        self.code = int(code)
        self.comment = comment
        super().__init__(f"{self.code} {comment}")


class CloseSocket(Exception):
    """A message after which the server closes the socket."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{int(code)} {reason}")
