"""What does OBS show, as a picture? On a connection of its own, so that no take waits for one."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from broadcaster.adapters.obs import translate
from broadcaster.adapters.obs.connection import LOST, Socket
from broadcaster.season.errors import FarEndError, Unavailable

REQUEST = "GetSourceScreenshot"
QUALITY = 70


class Pictures:
    """One more socket to an OBS, in a thread of its own, made when the first picture is asked for."""

    def __init__(self, connect: Callable[[int], Socket], *, timeout: float) -> None:
        self._connect = connect
        self._timeout = timeout
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="obs pictures")
        self._socket: Socket | None = None
        self._is_closed = False

    async def take(self, scene: str, width: int) -> bytes:
        """A JPEG of the scene. Raises Unavailable, NeedsHuman or Refused; a trouble ends this connection alone."""
        asked = {"sourceName": scene, "imageFormat": "jpg", "imageWidth": width, "imageCompressionQuality": QUALITY}
        if self._is_closed:
            raise Unavailable("the connection to OBS is closed", reason="closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, asked)

    def drop(self) -> None:
        """OBS is away: the next picture is asked for on a new connection."""
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.end()

    def close(self) -> None:
        """Ask for no more."""
        self._is_closed = True
        self.drop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ask(self, asked: Mapping[str, Any]) -> bytes:
        socket = self._socket
        if socket is None:
            socket = self._connect(0)
            if self._is_closed:
                socket.end()
                raise Unavailable("the connection to OBS is closed", reason="closed")
            self._socket = socket
        try:
            answer = socket.req(REQUEST, dict(asked))
            status = answer["requestStatus"]
            if answer["requestType"] != REQUEST:
                raise ValueError(f"it answered {answer['requestType']}")
            if not status["result"]:
                raise translate.refusal(REQUEST, int(status["code"]), str(status.get("comment") or ""))
            _, _, encoded = str(answer["responseData"]["imageData"]).partition("base64,")
            return base64.b64decode(encoded, validate=True)
        except FarEndError:
            raise
        except (*LOST, binascii.Error) as error:
            if self._socket is socket:
                self._socket = None
            with suppress(*LOST):  # it is being closed
                socket.end()
            raise translate.no_answer(REQUEST, error, timeout=self._timeout) from error
