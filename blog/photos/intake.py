"""Pictures into the site: decoded by their content, turned upright, stripped of every trace."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps

LONGEST_SIDE = 1600
# What a small machine can unpack, however small the file.
MOST_PIXELS = 60_000_000


def take_in(file) -> ContentFile:
    """Return the picture as an upright sRGB JPEG without metadata, at most 1600 pixels long.

    Raises ValidationError with a sentence for the writer where it cannot be read.
    """
    try:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP", "AVIF", "GIF"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError("写真が大きすぎます。6000万画素までの写真をお選びください。")
            upright = _in_srgb(_upright(picture))
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            "写真を読み込めませんでした。JPEG・PNG・WebP形式の写真をお選びください。"
        ) from error
    # A new image: what Pillow carries along (comment, EXIF, profile) stays behind.
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    encoded = io.BytesIO()
    clean.save(encoded, "JPEG", quality=85, progressive=True, optimize=True)
    return ContentFile(encoded.getvalue(), name="picture.jpg")


def _upright(picture):
    try:
        return ImageOps.exif_transpose(picture)
    except SyntaxError:
        # Nobody can say how a picture with broken EXIF was held.
        return picture


def _in_srgb(picture):
    """Return the picture in sRGB, through its embedded profile where it has one."""
    if picture.mode.startswith("I"):
        # 16 bits a pixel, which convert() would cut off instead of scaling.
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            # A broken profile is no reason to refuse the picture.
            pass
    return picture.convert(mode)
