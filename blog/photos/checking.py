"""Proof for a whole library of photos: each is complete, readable and without traces."""

import io

from django.core.files.storage import default_storage
from PIL import Image

from homepage.models import Profile

from .models import Photo, Rendition

# What a JPEG of ours is made of (ITU-T T.81, table B.1): the picture, and the JFIF head. Metadata
# would be another APPn or a COM.
PICTURE_SEGMENTS = {0xC0, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
# How the head of an AVIF names EXIF, XMP and a colour profile (ISO/IEC 23008-12).
AVIF_TRACES = (b"Exif", b"mime", b"prof", b"rICC")


def faults():
    """Yield a sentence for each fault: a file that is missing, broken, changed, or holds traces."""
    names = set()
    for photo in Photo.objects.prefetch_related("renditions"):
        renditions = list(photo.renditions.all())
        names |= {each.file.name for each in renditions}
        for format in Rendition.Format:
            if not any(each.format == format for each in renditions):
                yield f"写真{photo.pk}: {format.label}のファイルがありません。"
        for each in renditions:
            if fault := _fault(each.file, each.format, (each.width, each.height)):
                yield f"写真{photo.pk}: {each.file.name} {fault}"
    profile = Profile.objects.current()
    portrait = [(profile.portrait, "jpeg"), (profile.portrait_avif, "avif")] if profile else []
    for file, format in portrait:
        if file and (fault := _fault(file, format)):
            yield f"肖像写真: {file.name} {fault}"
    for name in _stored():
        if name not in names:
            yield f"どの写真のものでもないファイルがあります: {name}"


def _fault(file, format, size=None):
    try:
        with file.open("rb") as stored:
            content = stored.read()
    except OSError:
        return "がありません。"
    try:
        with Image.open(io.BytesIO(content), formats=[format.upper()]) as picture:
            picture.load()
    except Exception:
        # As at the door: decoders meet broken files with errors of every kind.
        return "を読み込めません。"
    if size and picture.size != size:
        return f"の大きさが記録と違います（{picture.width}×{picture.height}）。"
    if _has_traces(content, format):
        return "に撮影の記録が残っています。"
    return ""


def _has_traces(content, format):
    if format == "avif":
        head = content[: content.find(b"mdat")]
        return any(trace in head for trace in AVIF_TRACES)
    return not _jpeg_segments(content) <= PICTURE_SEGMENTS


def _jpeg_segments(content):
    """Return the markers of a JPEG's segments, from its start to its end."""
    markers, position = set(), 2
    while (start := content.find(b"\xff", position)) >= 0:
        marker = content[start + 1] if start + 1 < len(content) else 0
        # Within the picture's data: a stuffed byte, a restart, or filling.
        if marker == 0 or 0xD0 <= marker <= 0xD7 or marker == 0xFF:
            position = start + (1 if marker == 0xFF else 2)
            continue
        if marker == 0xD9:
            # What follows the end of the picture is none of it.
            return markers if start + 2 == len(content) else markers | {marker}
        markers.add(marker)
        position = start + 2 + int.from_bytes(content[start + 2 : start + 4])
    return markers


def _stored():
    try:
        _, files = default_storage.listdir("photos")
    except FileNotFoundError:
        return []
    return [f"photos/{name}" for name in sorted(files)]
