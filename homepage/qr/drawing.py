"""QR codes for screen and print: ISO/IEC 18004, level M, a quiet zone of 4 modules, black on white.

The encoding is the library's, the drawing is ours: one path, sizes in millimetres.
"""

import io

import qrcode

# The margin belongs to the code (ISO/IEC 18004, 9.1): without it readers fail on dark paper.
QUIET_ZONE = 4
# Level M mends 15 %: enough for paper held in the hand, and the code stays small.
LEVEL = qrcode.ERROR_CORRECT_M
PIXELS_PER_MODULE = 16
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{0}mm" viewBox="0 0 {0} {0}">'
    '<path fill="#fff" d="M0 0h{0}v{0}H0z"/>'
    '<path stroke="#000" shape-rendering="crispEdges" d="{1}"/></svg>\n'
)


def svg(address: str) -> str:
    """Return the code of an ASCII address as an SVG document, one millimetre a module.

    Raises ValueError where the address is not ASCII, since readers disagree about the rest.
    """
    return SVG.format(*outline(address))


def outline(address: str) -> tuple[int, str]:
    """Return what `SVG` is filled with: the side in modules, and path data of the dark ones.

    Raises ValueError like `svg`.
    """
    rows = _code(address).get_matrix()
    return len(rows), _runs(rows)


def png(address: str) -> bytes:
    """Return the code as a PNG file, 16 pixels a module. Raises ValueError like `svg`."""
    file = io.BytesIO()
    _code(address).make_image().save(file, optimize=True)
    return file.getvalue()


def _code(address):
    if not address.isascii():
        raise ValueError(f"{address!r} is not ASCII")
    code = qrcode.QRCode(error_correction=LEVEL, border=QUIET_ZONE, box_size=PIXELS_PER_MODULE)
    code.add_data(address)
    code.make(fit=True)
    return code


def _runs(rows):
    """Return path data that strokes each run of dark modules along the middle of its row."""
    path = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = next((n for n, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if length:
                path.append(f"M{x} {y}.5h{length}")
            x += length or 1
    return "".join(path)
