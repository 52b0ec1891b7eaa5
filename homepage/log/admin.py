"""The log in the admin: read, searched and exported, and nothing else."""

import csv
from itertools import chain

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from homepage.eras import moment_in_words

from .models import Action, LogEntry, record

COLUMNS = ["番号", "日時", "したこと", "した人", "対象", "アドレス", "端末", "印"]


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin):
    change_list_template = "admin/homepage/logentry/change_list.html"
    list_display = ["what", "who"]
    list_display_links = None
    list_filter = ["action", "at"]
    search_fields = ["user", "subject", "network"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="日時としたこと")
    def what(self, entry):
        return f"{moment_in_words(entry.at)} {entry.get_action_display()} {entry.subject}"

    @admin.display(description="した人とアドレス")
    def who(self, entry):
        return f"{entry.user} {address_of(entry)}".strip()

    def get_queryset(self, request):
        """Return the entries; in the list not what pages were served, unless it is asked for."""
        entries = super().get_queryset(request).select_related("full_address")
        is_list = request.resolver_match.url_name == "homepage_logentry_changelist"
        if is_list and "action__exact" not in request.GET:
            # Around a polling day there are thousands.
            entries = entries.exclude(action=Action.SERVED)
        return entries

    def get_urls(self):
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/", export, name="homepage_logentry_export"), *super().get_urls()]

    @method_decorator(require_POST)
    def export_view(self, request):
        """The whole log as CSV, as Excel opens it; that it was taken out stands in it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        last = record(Action.EXPORTED, "記録(CSV)", request)
        entries = self.get_queryset(request).filter(number__lte=last.number)
        # Excel knows UTF-8 by the mark in front.
        lines = chain(["\ufeff"], csv_lines(entries.order_by("number")))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="log-{last.number}.csv"'
        return response

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, entry=None):
        return False

    def has_delete_permission(self, request, entry=None):
        return False


def csv_lines(entries):
    """Yield the lines of a table of the entries, in CSV as RFC 4180 has it."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries.iterator(chunk_size=2000):
        at = timezone.localtime(entry.at).isoformat(timespec="seconds")
        said = [entry.get_action_display(), entry.user, entry.subject, address_of(entry)]
        words = [plain(each) for each in [*said, entry.device]]
        yield writer.writerow([entry.number, at, *words, entry.seal])


class Echo:
    """What a CSV writer takes for a file: it hands the line back."""

    def write(self, line):
        return line


def plain(words):
    """Return the words so that no spreadsheet takes them for a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@")) else words


def address_of(entry):
    """Return the whole address while it is kept, and later its network."""
    full = getattr(entry, "full_address", None)
    return full.address if full else entry.network
