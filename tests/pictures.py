"""Pictures as phones and programs send them, with every kind of trace in them."""

import io
import struct

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, PngImagePlugin

SQUARE = 40


def scene(width=1200, height=900):
    """Return a picture with a colour of its own in each corner: red, green, blue, white."""
    picture = Image.new("RGB", (width, height), (128, 128, 128))
    half = (width // 2, height // 2)
    for corner, colour in (
        ((0, 0), (200, 30, 30)),
        ((half[0], 0), (30, 160, 30)),
        ((0, half[1]), (30, 30, 200)),
        ((half[0], half[1]), (245, 245, 245)),
    ):
        picture.paste(colour, (*corner, corner[0] + half[0], corner[1] + half[1]))
    return picture


def exif(orientation=1):
    """Return EXIF with a place, a serial number and a maker's note."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.ImageDescription] = "TRACE-DESCRIPTION"
    tags[ExifTags.Base.Model] = "TRACE-MODEL"
    details = tags.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.BodySerialNumber] = "TRACE-SERIAL"
    details[ExifTags.Base.MakerNote] = b"TRACE-MAKER" + encode(scene(160, 120), "JPEG")
    place = tags.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (35.0, 40.0, 30.0)
    place[ExifTags.GPS.GPSMapDatum] = "TRACE-PLACE"
    return tags.tobytes()


def encode(picture, format, **options):
    encoded = io.BytesIO()
    picture.save(encoded, format, **options)
    return encoded.getvalue()


def from_phone(format="JPEG", orientation=1, size=(1200, 900)):
    """Return the bytes of a picture with traces in every place that its format has."""
    picture = scene(*size)
    xmp = b'<?xpacket begin=""?><x:xmpmeta>TRACE-XMP</x:xmpmeta><?xpacket end="w"?>'
    if format == "GIF":
        return encode(picture, "GIF", comment=b"TRACE-COMMENT")
    if format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "TRACE-TEXT")
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return encode(picture, "PNG", pnginfo=text, exif=exif(orientation))
    content = encode(picture, format, exif=exif(orientation), xmp=xmp)
    if format == "JPEG":
        iptc = b"Photoshop 3.0\0TRACE-IPTC"
        segments = b"".join(
            b"\xff" + marker + struct.pack(">H", len(data) + 2) + data
            for marker, data in ((b"\xed", iptc), (b"\xfe", b"TRACE-COMMENT"))
        )
        content = content[:2] + segments + content[2:] + b"TRACE-AFTER-THE-END"
    return content


def upload(content=None, name="IMG_0001.JPG"):
    """Return an uploaded file; a small picture unless the test says otherwise."""
    return SimpleUploadedFile(name, encode(scene(), "JPEG") if content is None else content)


def display_p3():
    """Return a colour profile for Display P3 (SMPTE EG 432-1 primaries, D65, sRGB's curve; ICC.1)."""

    def number(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(*values):
        return b"XYZ \0\0\0\0" + b"".join(map(number, values))

    # To D50, by the Bradford transform.
    curve = b"para\0\0\0\0\0\3\0\0" + b"".join(
        map(number, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
    )
    description = b"desc\0\0\0\0" + struct.pack(">I", 11) + b"Display P3\0" + bytes(78)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    head = struct.pack(">I", 128 + len(table) + len(data)) + b"\0\0\0\0\2\x40\0\0mntrRGB XYZ "
    head += bytes(12) + b"acsp" + bytes(28) + b"".join(map(number, (0.9642, 1.0, 0.8249)))
    return head.ljust(128, b"\0") + table + data
