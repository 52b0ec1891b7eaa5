"""PDFs into the site: opened to count their pages, and kept as they came."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

MOST_BYTES = 30 * 1024 * 1024
# Readers of PDF look for the header in so many bytes; some programs write something before it.
HEADER, HEADER_WITHIN = b"%PDF-", 1024
# More than any newsletter has, and listed in a second or two.
MOST_OBJECTS = 200_000
UNREADABLE = "PDFを読み込めませんでした。ファイルが壊れていないか、ご確認ください。"


def take_in_pdf(file) -> tuple[ContentFile, int]:
    """Return the PDF, without the name it was sent under, and the number of its pages.

    Raises ValidationError with a sentence for the writer where it is too large or cannot be read.
    """
    if file.size > MOST_BYTES:
        raise ValidationError("PDFが大きすぎます。30MBまでのPDFをお選びください。")
    content = file.read()
    if HEADER not in content[:HEADER_WITHIN]:
        raise ValidationError("PDFではないようです。PDFのファイルをお選びください。")
    return ContentFile(content, name="attachment.pdf"), _count_pages(content)


def _count_pages(content):
    """Return how many pages there are for a reader who has no password, one at least."""
    try:
        # pypdf itself limits what it unpacks and how far it follows the tree of pages.
        reader = PdfReader(io.BytesIO(content), xref_stream_maximum_entries=MOST_OBJECTS)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError
        pages = len(reader.pages)
    except (DependencyError, FileNotDecryptedError) as error:
        # DependencyError: an encryption that pypdf leaves to other libraries.
        raise ValidationError(
            "パスワードや印刷の制限があるPDFは添付できません。制限のないPDFをお選びください。"
        ) from error
    except Exception as error:
        # On a broken file pypdf raises whatever Python does: KeyError, TypeError, RecursionError.
        raise ValidationError(UNREADABLE) from error
    if not pages:
        raise ValidationError(UNREADABLE)
    return pages
