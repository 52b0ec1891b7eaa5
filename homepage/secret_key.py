"""The key that signs sessions and links: made at the first start, kept in the site's data."""

import os

from django.core.management.utils import get_random_secret_key


def read_or_create_secret_key(path):
    """Return the key in the file, which is made with a random one if it is not there."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(get_random_secret_key())
        draft.chmod(0o600)
        try:
            # Two processes may start at once: the first one to link its key decides.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
