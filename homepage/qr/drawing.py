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


def svg(address: str) -> str:
    """Return the code of an ASCII address as an SVG document, one millimetre a module.

    Raises ValueError where the address is not ASCII, since readers disagree about the rest.
    """
    rows = _code(address).get_matrix()
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}mm" height="{side}mm"'
        f' viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path stroke="#000" shape-rendering="crispEdges" d="{_runs(rows)}"/></svg>\n'
    )


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
