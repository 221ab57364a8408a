"""How do the tests get a real ingest, and see what viewers would see?

`RealIngest` is nginx-rtmp with its own config in a temporary folder. `colour` is the average of one frame, by ffmpeg.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import aiohttp
import pytest

from tests.needs import NGINX_RTMP, need
from tests.real_obs import end_process, free_port

CONFIG = """load_module {module};
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
rtmp {{ server {{
  listen 127.0.0.1:{rtmp_port};
  chunk_size 4096;
  application live {{ live on; wait_key on; {hooks} }}
}} }}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{ listen 127.0.0.1:{http_port}; location /stat {{ rtmp_stat all; }} }}
}}
"""


class RealIngest:
    """An RTMP server, as an async context manager; it tells the URLs `on_publish` and `on_publish_done` of streams."""

    def __init__(self, *, on_publish: str = "", on_publish_done: str = "") -> None:
        self.rtmp_port, self.http_port = free_port(), free_port()
        self._hooks = " ".join(
            f"{name} {url};" for name, url in (("on_publish", on_publish), ("on_publish_done", on_publish_done)) if url
        )
        self._stack = contextlib.ExitStack()

    @property
    def server(self) -> str:
        """What goes into the encoder's server field."""
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live"

    async def __aenter__(self) -> "RealIngest":
        need("nginx-rtmp", "ffmpeg")
        folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ingest-", ignore_cleanup_errors=True))
        )
        module = next(module for module in NGINX_RTMP if module.exists())
        config = folder / "nginx.conf"
        config.write_text(
            CONFIG.format(module=module, rtmp_port=self.rtmp_port, http_port=self.http_port, hooks=self._hooks)
        )
        nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin") or "nginx"
        command = [nginx, "-p", str(folder), "-c", str(config)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        self._stack.callback(end_process, process)
        end = time.monotonic() + 15
        while True:
            try:
                await self.streams()
                return self
            except aiohttp.ClientError as error:
                if process.poll() is not None or time.monotonic() > end:
                    message = (folder / "log").read_text(errors="replace")
                    self._stack.close()
                    raise AssertionError(f"nginx did not start: {message}") from error
                await asyncio.sleep(0.05)

    async def __aexit__(self, *exc: object) -> None:
        self._stack.close()

    async def streams(self) -> dict[str, int]:
        """The streams that are being published, with the bytes that came in."""
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.http_port}/stat") as answer:
            tree = ET.fromstring(await answer.text())
        return {
            stream.findtext("name", ""): int(stream.findtext("bytes_in", "0"))
            for stream in tree.iter("stream")
            if stream.find("publishing") is not None
        }

    async def colour(self, key: str, *, within: float = 20.0) -> tuple[int, int, int]:
        """The average (red, green, blue) of the first frame that a viewer who joins now gets."""
        end = time.monotonic() + within
        while True:
            process = await asyncio.create_subprocess_exec(
                "ffmpeg", "-v", "error", "-nostdin", "-i", f"{self.server}/{key}", "-frames:v", "1",
                "-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            try:
                out, err = await asyncio.wait_for(process.communicate(), max(0.1, end - time.monotonic()))
            except TimeoutError:
                process.kill()
                await process.communicate()
                pytest.fail(f"no frame of {key} within {within:g} s")
            if len(out) == 3:
                return out[0], out[1], out[2]
            # The stream is not there yet, or no key frame came while ffmpeg looked at it.
            assert time.monotonic() < end, err.decode(errors="replace")


def is_near(seen: tuple[int, int, int], colour: str, *, by: int = 24) -> bool:
    """Whether an average colour is that of a scene ("#rrggbb"), within what encoding changes."""
    wanted = bytes.fromhex(colour.removeprefix("#"))
    return all(abs(one - other) <= by for one, other in zip(seen, wanted, strict=True))
