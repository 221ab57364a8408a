"""Which picture is this file, and does a channel take it?"""

import io
from dataclasses import dataclass
from pathlib import Path

from broadcaster.adapters.cards.guard import file_beside
from broadcaster.season.errors import TemplateError
from broadcaster.season.frames import Frame, Media
from broadcaster.season.wording import quoted, shown

MOST_BYTES = 40_000_000
JPEG_QUALITY = 90
_MEDIA: dict[str | None, Media] = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture beside the season file, with its measures in pixels."""

    name: str
    content: bytes
    media: Media
    width: int
    height: int

    def fault(self, frame: Frame) -> str:
        """Why the channel would not take it; empty if it does."""
        return frame.fault(self.width, self.height, len(self.content))


def read_picture(folder: Path, name: str) -> PictureFile:
    """The picture. Raises TemplateError for what is none, is elsewhere, or cannot be read."""
    from PIL import Image, UnidentifiedImageError

    path = file_beside(folder, name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TemplateError(f"the picture {quoted(name)} is larger than {MOST_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"the picture {quoted(name)} cannot be read: {error.strerror or error}") from None
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            media, (width, height) = _MEDIA[image.format], image.size
            image.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        reason = "" if isinstance(error, UnidentifiedImageError) else f": {shown(error, 80)}"
        raise TemplateError(f"{quoted(name)} is no whole PNG or JPEG picture{reason}") from None
    return PictureFile(name=name, content=content, media=media, width=width, height=height)


def suited(picture: PictureFile, frame: Frame) -> tuple[bytes, Media]:
    """The picture as the channel takes it: a PNG becomes a JPEG where only that is taken, or where it is too large.

    Raises TemplateError for one that the channel would refuse all the same.
    """
    content, media = picture.content, picture.media
    if fault := frame.fault(picture.width, picture.height, 0):  # before it is unpacked: few bytes may be many pixels
        raise TemplateError(f"the picture {quoted(picture.name)} {fault}")
    if media == "image/png" and (frame.media == "image/jpeg" or len(content) > frame.most_bytes):
        content, media = _as_jpeg(content), "image/jpeg"
    if fault := frame.fault(picture.width, picture.height, len(content)):
        raise TemplateError(f"the picture {quoted(picture.name)} {fault}")
    return content, media


def _as_jpeg(content: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        clear = image.convert("RGBA")
    opaque = Image.new("RGB", clear.size, "#ffffff")
    opaque.paste(clear, mask=clear.getchannel("A"))
    packed = io.BytesIO()
    opaque.save(packed, "JPEG", quality=JPEG_QUALITY)
    return packed.getvalue()
