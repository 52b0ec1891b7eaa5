"""What is kept from readers because it lies in the trash."""

from homepage.edition import kept_for_edition

from .models import Attachment
from .photos.models import Rendition


@kept_for_edition
def files():
    """Return the names of the files that belong to what lies in the trash."""
    return {
        *Rendition.objects.exclude(photo__trashed_at=None).values_list("file", flat=True),
        *Attachment.objects.exclude(post__trashed_at=None).values_list("file", flat=True),
    }
