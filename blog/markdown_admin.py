"""What the admin of every Markdown text shares: markdownx's field with a preview of our own.

The views that markdownx brings are not mounted: they take uploads from anybody and sanitise nothing.
Its contract stays: POST `content`, get HTML.
"""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import HttpResponse, HttpResponseBadRequest
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from markdownx.models import MarkdownxField
from markdownx.widgets import AdminMarkdownxWidget

from .photos.admin import for_desk
from .photos.library import named_in
from .photos.showing import show
from .rendering import MOST_CHARACTERS, at_heading_level, render


class MarkdownWidget(AdminMarkdownxWidget):
    """A text area that shows, beside it, what the page will show."""

    template_name = "admin/markdown_widget.html"

    class Media:
        # Not markdownx's own script: it takes Tab and Enter away from Japanese input.
        extend = False
        js = [Script("js/preview.js", defer=True), Script("js/photos.js", defer=True)]

    def __init__(self, preview_url, upload_url, **kwargs):
        super().__init__(**kwargs)
        self.preview_url, self.upload_url = preview_url, upload_url

    def get_context(self, name, value, attrs=None):
        context = super().get_context(name, value, attrs)
        attributes = context["widget"]["attrs"]
        attributes["data-markdownx-urls-path"] = self.preview_url
        if self.upload_url:
            attributes["data-photo-upload-url"] = self.upload_url
            context["widget"]["photos"] = [for_desk(photo) for photo in named_in(value or "")]
        return context


class MarkdownAdmin(admin.ModelAdmin):
    """An admin whose Markdown fields have a preview."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, MarkdownxField):
            may_upload = request.user.has_perm("blog.add_photo")
            kwargs["widget"] = MarkdownWidget(
                reverse(f"admin:{self._preview_name}"),
                reverse("admin:blog_photo_upload") if may_upload else None,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name=self._preview_name), *super().get_urls()]

    @method_decorator(require_POST)
    def preview_view(self, request):
        """Answer the HTML of the text in `content`, by the page's own rendering."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if "content" not in request.POST:
            return HttpResponseBadRequest("content is missing", content_type="text/plain")
        content = request.POST["content"]
        if len(content) > MOST_CHARACTERS:
            return HttpResponse("本文が長すぎます。", status=413, content_type="text/plain")
        [html] = show(render(content).html)
        return HttpResponse(at_heading_level(html, 2))

    @property
    def _preview_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_preview"
