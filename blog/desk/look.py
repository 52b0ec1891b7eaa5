"""The screen that shows how the page of a report will look, and to whom else it is shown."""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from homepage.models import Profile

from .models import PreviewLink
from .preview import preview_page


class LookAdmin(admin.ModelAdmin):
    """An admin of reports with a screen that shows how the page will look."""

    def get_urls(self):
        views = [
            ("", self.look_view, "look"),
            ("page/", self.page_view, "look_page"),
            ("link/", self.add_link_view, "add_link"),
            ("link/<int:link_number>/revoke/", self.revoke_link_view, "revoke_link"),
        ]
        return [
            path(
                f"<int:number>/look/{rest}",
                self.admin_site.admin_view(view),
                name=f"blog_post_{name}",
            )
            for rest, view, name in views
        ] + super().get_urls()

    @method_decorator([require_safe, csp_update({"frame-src": [SELF]})])
    def look_view(self, request, number):
        """Show the page at the width of a phone and of a desktop, and the links to it."""
        post = self._post(request, number)
        profile = Profile.objects.current()
        site = profile.address if profile else request.build_absolute_uri("/")[:-1]
        links = PreviewLink.objects.unexpired().filter(post=post).select_related("created_by")
        context = self.admin_site.each_context(request) | {
            "title": "ページの見え方",
            # Two screens beside each other need its room.
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "original": post,
            "links": [(link, site + link.get_absolute_url()) for link in links],
        }
        return render(request, "admin/blog/post/look.html", context)

    # Elsewhere no page of this site is shown in a frame.
    @method_decorator(
        [require_safe, xframe_options_sameorigin, csp_replace({"frame-ancestors": [SELF]})]
    )
    def page_view(self, request, number):
        """Show the page itself, as in a frame of the screen."""
        return preview_page(request, self._post(request, number))

    @method_decorator(require_POST)
    def add_link_view(self, request, number):
        """Make a link for somebody without an account."""
        post = self._post(request, number)
        PreviewLink.objects.expired().delete()
        post.preview_links.create(created_by=request.user)
        self.message_user(
            request, "リンクを作りました。アドレスを写して、見せたい人に送ってください。"
        )
        return redirect("admin:blog_post_look", number)

    @method_decorator(require_POST)
    def revoke_link_view(self, request, number, link_number):
        """Delete a link: from then on it shows nothing. One that is gone already is no fault."""
        self._post(request, number).preview_links.filter(pk=link_number).delete()
        self.message_user(request, "リンクを取り消しました。もう使えません。")
        return redirect("admin:blog_post_look", number)

    def _post(self, request, number):
        post = self.get_queryset(request).kept().filter(pk=number).first()
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        if post is None:
            raise Http404("No such report.")
        return post
