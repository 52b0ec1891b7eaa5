"""Pictures into the site: decoded by their content, turned upright, stripped of every trace."""

import io
import threading
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import ExifTags, Image, ImageCms, ImageOps

try:
    import pillow_heif
except ImportError:
    FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF"]
    UNREADABLE = "写真を読み込めませんでした。JPEG・PNG・WebP・AVIF形式の写真をお選びください。"
    HEIF_MISSING = "iPhoneの写真の形式（HEIC）を読む部品がこのサーバーにありません。JPEG形式の写真をお選びください。"
else:
    pillow_heif.register_heif_opener()
    FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "HEIF"]
    UNREADABLE = (
        "写真を読み込めませんでした。JPEG・PNG・WebP・AVIF・HEIC形式の写真をお選びください。"
    )
    HEIF_MISSING = UNREADABLE

LONGEST_SIDE = 1600
WIDTHS = (480, 960, 1600)
MOST_BYTES = 50_000_000
# What a small machine can unpack, however small the file.
MOST_PIXELS = 60_000_000
JPEG = {"quality": 82, "progressive": True, "optimize": True}
# Five photos of a month fit into 250 kB on a phone; a screen that is twice as fine hides the rest.
AVIF = {"quality": 38, "speed": 6}
# At most 22rem wide on the front page, where a phone waits for it first: small, but a face is sharp.
PORTRAIT_WIDTH, PORTRAIT_AVIF = 640, AVIF | {"quality": 50}
# The brands by which a HEIC file names itself (ISO/IEC 23008-12, 10.2).
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

# A picture takes many times its file in memory, so each process unpacks them one after the other.
one_at_a_time = threading.Lock()


class Encoded(NamedTuple):
    """One size of a picture in one format, with nothing in it but the picture."""

    format: str
    width: int
    height: int
    content: bytes


class TakenIn(NamedTuple):
    sizes: list[Encoded]
    done: list[str]


class Portrait(NamedTuple):
    jpeg: ContentFile
    avif: ContentFile


def take_in(file) -> TakenIn:
    """Return an uploaded picture in all sizes and formats, and in words what was done to it.

    Raises ValidationError with a sentence for the writer where it cannot be taken in.
    """
    with one_at_a_time:
        picture, done = _read(file)
        return TakenIn(list(_sizes(picture)), done)


def take_in_portrait(file) -> Portrait:
    """Return an uploaded picture as a JPEG, at most 1600 pixels long, and as a smaller AVIF.

    Raises ValidationError with a sentence for the writer where it cannot be taken in.
    """
    with one_at_a_time:
        picture, _ = _read(file)
        smaller = _in_width(picture, min(PORTRAIT_WIDTH, picture.width))
        return Portrait(
            ContentFile(_encode(picture, "JPEG", JPEG), name="picture.jpg"),
            ContentFile(_encode(smaller, "AVIF", PORTRAIT_AVIF), name="picture.avif"),
        )


def _read(file):
    """Return the picture upright, in sRGB, at most 1600 pixels long, and what was done to it."""
    if file.size > MOST_BYTES:
        raise ValidationError("写真のファイルが大きすぎます。50MBまでの写真をお選びください。")
    if file.size == 0:
        raise ValidationError("ファイルが空です。写真をお選びください。")
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError("写真が大きすぎます。6000万画素までの写真をお選びください。")
            orientation, done = _look_at(picture)
            picture = _in_srgb(_smaller(picture))
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise ValidationError(
            "写真が大きすぎます。6000万画素までの写真をお選びください。"
        ) from error
    except Exception as error:
        # Decoders meet broken files with errors of every kind.
        raise ValidationError(HEIF_MISSING if _is_heif(file) else UNREADABLE) from error
    # A new picture: what Pillow carries along (comment, EXIF, profile) stays behind.
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return _upright(clean, orientation), done


def _look_at(picture):
    """Return how the picture was held (EXIF orientation, 1 to 8), and what will be done to it."""
    try:
        exif = picture.getexif()
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        has_place = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:
        # Nobody can say how a picture with broken EXIF was held.
        exif, orientation, has_place = {}, 1, False
    # Turned while it was read, as HEIF demands; its tag then says so no more.
    was_turned = picture.info.get("original_orientation") or 1
    done = []
    if has_place:
        done.append("位置情報を消しました")
    elif exif or {"xmp", "comment", "XML:com.adobe.xmp"} & picture.info.keys():
        done.append("撮影の記録を消しました")
    if orientation in range(2, 9) or was_turned in range(2, 9):
        done.append("向きを直しました")
    if getattr(picture, "n_frames", 1) > 1 and picture.format in ("GIF", "PNG", "WEBP", "AVIF"):
        done.append("動く画像は最初の1枚にしました")
    return orientation, done


def _smaller(picture):
    """Return the picture as small as it will be, before anything else makes copies of it."""
    scale = min(1, LONGEST_SIDE / max(picture.size))
    size = tuple(max(1, round(side * scale)) for side in picture.size)
    # A JPEG is unpacked at a fraction of its size where that is enough.
    picture.draft(None, size)
    if picture.mode.startswith("I"):
        # 16 bits a pixel, which convert() would cut off instead of scaling.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    elif picture.has_transparency_data and picture.mode != "RGBA":
        picture = picture.convert("RGBA")
    elif picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        picture = picture.convert("RGB")
    return picture.resize(size, Image.Resampling.LANCZOS)


def _in_srgb(picture):
    """Return the picture in sRGB, through its embedded profile where it has one."""
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
            colours = picture.convert("RGB") if alpha else picture
            colours = ImageCms.profileToProfile(
                colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if alpha:
                colours.putalpha(alpha)
            return colours
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A broken profile is no reason to refuse the picture.
            pass
    return picture if picture.mode == "RGBA" else picture.convert("RGB")


def _upright(picture, orientation):
    """Return the picture turned as its EXIF orientation says (CIPA DC-008, 4.6.4)."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    picture.info["exif"] = exif.tobytes()
    upright = ImageOps.exif_transpose(picture)
    upright.info.clear()
    return upright


def _sizes(picture):
    widths = [width for width in WIDTHS if width < picture.width]
    for width in [*widths, picture.width]:
        smaller = _in_width(picture, width)
        yield Encoded("avif", *smaller.size, _encode(smaller, "AVIF", AVIF))
        yield Encoded("jpeg", *smaller.size, _encode(smaller, "JPEG", JPEG))


def _in_width(picture, width):
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _encode(picture, format, options):
    encoded = io.BytesIO()
    picture.save(encoded, format, **options)
    return encoded.getvalue()


def _is_heif(file):
    file.seek(0)
    head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS
