from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path

from . import views
from .accounts import urls as accounts
from .trash_admin import trash_view

# Before its addresses are read.
admin.site.login = secure_admin_login(admin.site.login)

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error

urlpatterns = [
    path("", views.front, name="front"),
    path("admin/trash/", admin.site.admin_view(trash_view), name="trash"),
    path("admin/password_change/", accounts.to_password_change),
    path("admin/", admin.site.urls),
    path("accounts/", include(accounts)),
    path("healthz", views.healthz),
    path("robots.txt", views.robots),
    re_path(r"^accent/(?P<colour>[0-9a-f]{6})\.css$", views.accent, name="accent"),
    re_path(
        r"^qr/(?P<name>[a-z0-9/_-]{1,100})\.(?P<suffix>svg|png)$",
        views.qr_picture,
        name="qr-picture",
    ),
    re_path(r"^media/(?P<path>[A-Za-z0-9/_.-]{1,200})$", views.media, name="media"),
    path("", include("blog.urls")),
    path("<slug:slug>/", views.page, name="page"),
]
