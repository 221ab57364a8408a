"""How does a file come in: at once, with a part of metadata, or piece by piece?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

from broadcaster.emulators.youtube.errors import Refusal

if TYPE_CHECKING:
    from broadcaster.emulators.youtube.calls import Call
    from broadcaster.emulators.youtube.method import Method

RANGE = re.compile(r"bytes (?:(?P<begin>\d+)-(?P<end>\d+)|\*)/(?P<total>\d+|\*)")


@dataclass(slots=True, kw_only=True)
class Upload:
    """A file that arrives piece by piece, and the call that it belongs to."""

    method: "Method"
    call: "Call"
    content: bytearray = field(default_factory=bytearray)


class Uploads:
    """The files on their way."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}

    def begin(self, method: "Method", call: "Call", headers: Mapping[str, str]) -> str:
        """The id under which the pieces are to be sent; raises Refusal."""
        if method.before_upload is not None:
            method.before_upload(call)
        length = headers.get("X-Upload-Content-Length", "")
        check_size(call, int(length) if length.isdecimal() else 0)
        content_type = headers.get("X-Upload-Content-Type", "application/octet-stream")
        upload_id = call.state.letters(40)
        self._uploads[upload_id] = Upload(method=method, call=replace(call, raw=b"", content_type=content_type))
        return upload_id

    def find(self, upload_id: str) -> Upload:
        """The upload of that id; raises Refusal."""
        if upload_id not in self._uploads:
            raise Refusal("notFound", "The upload has ended or was never begun.", status=404)
        return self._uploads[upload_id]

    def take(self, upload_id: str, piece: bytes, content_range: str) -> "Call | None":
        """Add a piece; the call with the whole file when it was the last one. Raises Refusal."""
        upload = self.find(upload_id)
        match = RANGE.fullmatch(content_range) if content_range else None
        if content_range and match is None:
            raise Refusal("badRequest", "Failed to parse Content-Range header.", status=400)
        if match is None:
            upload.content[:] = piece
        elif match["begin"] is not None and int(match["begin"]) <= len(upload.content):
            upload.content[int(match["begin"]) :] = piece
        check_size(upload.call, len(upload.content))
        is_whole = match is None or (match["total"] != "*" and len(upload.content) >= int(match["total"]))
        if not is_whole:
            return None
        del self._uploads[upload_id]
        return replace(upload.call, raw=bytes(upload.content))


def whole_upload(call: "Call", kind: str, content_type: str) -> "Call":
    """The call with the file that came in one request, as `uploadType` says; raises Refusal."""
    if kind == "multipart" or content_type.startswith("multipart/"):
        message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + call.raw)
        parts = list(message.iter_parts())
        if not parts:
            raise Refusal("badContent", "The multipart body cannot be read.", status=400)
        payload = parts[-1].get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        call = replace(call, raw=content, content_type=parts[-1].get_content_type())
    check_size(call, len(call.raw))
    return call


def check_size(call: "Call", size: int) -> None:
    """Not more than may be uploaded, or Refusal."""
    limit = call.state.settings.max_thumbnail_bytes
    if size > limit:
        raise Refusal("uploadTooLarge", f"Media is too large. Limit: {limit}")
