from django.urls import path, re_path, register_converter

from . import feeds, sharing, sitemaps, views
from .converters import MonthConverter, NumberConverter, YearConverter
from .desk import preview

register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(NumberConverter, "number")

app_name = "blog"
urlpatterns = [
    path("archive/", views.post_archive, name="archive"),
    path("category/<slug:slug>/", views.post_category, name="category"),
    path("tag/<number:number>/", views.post_tag, name="tag"),
    path("search/", views.post_search, name="search"),
    re_path(r"^feed\.(?P<suffix>atom|rss|json)$", feeds.feed, name="feed"),
    re_path(
        r"^category/(?P<slug>[-a-zA-Z0-9_]+)/feed\.(?P<suffix>atom|rss|json)$",
        feeds.feed,
        name="category-feed",
    ),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    re_path(
        r"^sitemap-(?P<number>0|[1-9][0-9]{0,8})\.xml$",
        sitemaps.sitemap_part,
        name="sitemap-part",
    ),
    re_path(r"^preview/(?P<token>[A-Za-z0-9_-]{43})/$", preview.linked, name="preview"),
    re_path(
        r"^share-picture/(?P<name>site|[1-9][0-9]{0,17})-(?P<digest>[0-9a-f]{12})\.jpg$",
        sharing.share_picture,
        name="share-picture",
    ),
    path("<year:year>/", views.post_archive_year, name="archive-year"),
    path("<year:year>/<month:month>/", views.post_archive_month, name="archive-month"),
    path("<year:year>/<month:month>/<number:number>/", views.post_detail, name="post"),
]
