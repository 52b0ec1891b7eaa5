"""What a page tells programs about itself, in the words of schema.org (JSON-LD 1.1).

Nothing is said here that does not stand on the page.
"""

from django.urls import reverse
from django.utils import timezone

from .sharing import picture_address

# What stands for no party at all.
NO_PARTY = "無所属"


def front_page(profile):
    """Return whose site this is."""
    website = {
        "@type": "WebSite",
        "@id": f"{profile.address}/#website",
        "url": f"{profile.address}/",
        "name": f"{profile.office} {profile.name}",
        "inLanguage": "ja",
        "publisher": _reference(profile),
    }
    return _document(person(profile), website)


def person(profile):
    """Return the politician, as far as the profile says it."""
    data = _reference(profile) | {
        "familyName": profile.family_name,
        "givenName": profile.given_name,
        "jobTitle": profile.office,
        "url": f"{profile.address}/",
    }
    if profile.portrait:
        data["image"] = profile.address + reverse("media", args=[profile.portrait.name])
    if profile.party and profile.party != NO_PARTY:
        data["affiliation"] = {"@type": "Organization", "name": profile.party}
    if links := [link.url for link in profile.links.all()]:
        data["sameAs"] = links
    return data


def post_page(profile, breadcrumbs, post):
    """Return a report, which has its `updated_at`, and where it stands."""
    return _document(blog_posting(profile, post), breadcrumb_list(profile, breadcrumbs))


def blog_posting(profile, post):
    address = profile.address + post.get_absolute_url()
    data = {
        "@type": "BlogPosting",
        "@id": address,
        "url": address,
        "mainEntityOfPage": address,
        "headline": post.name,
        "description": post.summary,
        "image": profile.address + picture_address(profile, post),
        "datePublished": timezone.localtime(post.published_at).isoformat(),
        "dateModified": timezone.localtime(post.updated_at).isoformat(),
        "author": _reference(profile),
        "publisher": _reference(profile),
        "inLanguage": "ja",
    }
    if post.category:
        data["articleSection"] = post.category.name
    return data


def page(profile, breadcrumbs):
    """Return where any other page stands."""
    return _document(breadcrumb_list(profile, breadcrumbs))


def breadcrumb_list(profile, breadcrumbs):
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": profile.address + address,
            }
            for position, (name, address) in enumerate(breadcrumbs, 1)
        ],
    }


def _reference(profile):
    """Return the person by name, as one and the same on every page."""
    return {
        "@type": "Person",
        "@id": f"{profile.address}/#person",
        "name": profile.name,
        "url": f"{profile.address}/",
    }


def _document(*things):
    return {"@context": "https://schema.org", "@graph": list(things)}
