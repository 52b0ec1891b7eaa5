from django.db import models

from .invisible import INVISIBLE


class LineField(models.CharField):
    """A line of text in which everything can be seen; what is then empty counts as empty."""

    def to_python(self, value):
        value = super().to_python(value)
        return value and INVISIBLE.sub("", value).strip()
