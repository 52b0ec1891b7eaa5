from django import forms

from .models import Tag
from .names import BETWEEN

# So many stand in sight, the others one tap away.
IN_SIGHT = 12


class TagNamesWidget(forms.Textarea):
    """A field for the names of tags, with a button for each tag that there is.

    An area, since Enter in a field of one line would send the form.
    """

    template_name = "admin/tags_widget.html"

    class Media:
        js = [forms.Script("js/tags.js", defer=True)]

    def __init__(self):
        super().__init__({"rows": 1, "class": "tag-names", "autocomplete": "off"})

    def get_context(self, name, value, attrs=None):
        context = super().get_context(name, value, attrs)
        tags = list(Tag.objects.by_use().filter(uses__gt=0))
        context["widget"] |= {
            "between": BETWEEN,
            "in_sight": tags[:IN_SIGHT],
            "others": tags[IN_SIGHT:],
        }
        return context
