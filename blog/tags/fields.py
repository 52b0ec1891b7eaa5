from django import forms
from django.db import models

from .names import LONGEST_LINE, line_of


class TagNamesFormField(forms.CharField):
    def to_python(self, value):
        return line_of([super().to_python(value)])


class TagNamesField(models.CharField):
    """The names of tags as one line, each once: 献血、若者."""

    def __init__(self, *args, max_length=LONGEST_LINE, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)

    def to_python(self, value):
        return line_of([super().to_python(value) or ""])

    def formfield(self, **kwargs):
        # Without its limit: a browser would cut what is too long without a word.
        defaults = {"form_class": TagNamesFormField, "max_length": None}
        return super().formfield(**defaults | kwargs)
