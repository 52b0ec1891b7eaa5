from django.apps import apps
from django.db import models
from django.urls import reverse

from homepage.edition import PublicModel, PublicQuerySet, change
from homepage.fields import LineField

from .names import MOST_CHARACTERS, key_of, line_of, names_in


class TagQuerySet(PublicQuerySet):
    def in_use(self):
        """Return the tags without the former names."""
        return self.filter(merged_into=None)

    def with_counts(self):
        """Return the tags that a visitor may see, the most used first, each with its `count`."""
        posts = apps.get_model("blog.Post").objects.published()
        tags = self.filter(posts__in=posts).annotate(count=models.Count("posts"))
        return tags.order_by("-count", "name")

    def by_use(self):
        """Return the tags of today, the most used first, each with its `uses`: drafts count too."""
        uses = models.Count("posts", filter=models.Q(posts__trashed_at=None))
        return self.in_use().annotate(uses=uses).order_by("-uses", "name")

    def named(self, names, is_released=False):
        """Return the tag of each name today, each once, and make those that there are not.

        One that only drafts have is written as a report that is released writes it.
        In a transaction: until its end nobody renames or merges them.
        """
        keys = {key_of(name): name for name in names}
        former = self.filter(key__in=keys).values("merged_into")
        known = self.locked(models.Q(key__in=keys) | models.Q(pk__in=former))
        # Somebody may just have merged one, after whose end it was read.
        into = self.in_bulk([tag.merged_into_id for tag in known if tag.merged_into_id])
        today = {tag.key: into.get(tag.merged_into_id, tag) for tag in known}
        for tag in today.values() if is_released else []:
            if tag.name != keys.get(tag.key, tag.name) and not tag.concerns_readers():
                # The lines of the drafts follow when they are saved.
                tag.name = keys[tag.key]
                tag.save()
        # In one order too: who makes the same one waits for this transaction.
        for key in sorted(keys.keys() - today.keys()):
            today[key], _ = self.get_or_create(key=key, defaults={"name": keys[key]})
        return list(dict.fromkeys(today[key] for key in keys))

    def locked(self, condition):
        """Return the tags, locked until the end of the transaction."""
        # All in one order, so that two who need the same ones wait instead of failing.
        return list(self.filter(condition).select_for_update().order_by("pk"))

    def delete(self):
        """Delete the tags one by one: each stands in the lines of its reports."""
        with change():
            for tag in self:
                tag.delete()

    # As Django's own: `Tag.objects` has none, so that nobody deletes everything by mistake.
    delete.queryset_only = True


class TagChanged(Exception):
    """A tag is called otherwise than when it was read, is a former name, or is gone."""


class Tag(PublicModel):
    """A word that reports are found by.

    One that was renamed or merged leaves its name as a row of its own: whoever writes that name
    gets, and whoever has its address is led to, the tag of today. Such a row has no reports.
    """

    name = LineField("名前", max_length=MOST_CHARACTERS)
    # What the names of no two tags have in common.
    key = models.CharField(max_length=MOST_CHARACTERS, unique=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.CASCADE, related_name="former", null=True, editable=False
    )

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = "タグ"
        verbose_name_plural = "タグ"
        ordering = ["name"]
        # They come with the reports that they are written at.
        default_permissions = ("view", "change", "delete")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")),
                name="no_tag_is_its_own_former_name",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.key = key_of(self.name)
        super().save(*args, **kwargs)

    @change()
    def delete(self, *args, **kwargs):
        """Delete it with its former names, and take it out of the lines of its reports."""
        self._lock()
        self._rewrite_lines(None)
        return super().delete(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("blog:tag", args=[self.pk])

    def concerns_readers(self):
        """Return whether citizens read, or will read, a report that has it or the tag it leads to."""
        return self._is_in(apps.get_model("blog.Post").objects.released())

    def is_read_now(self):
        """Return whether they read such a report already."""
        return self._is_in(apps.get_model("blog.Post").objects.published())

    def _is_in(self, posts):
        tags = [self.pk, self.merged_into_id or self.pk]
        return self.pk is not None and posts.filter(tags__in=tags).exists()

    @change()
    def rename(self, name):
        """Give it another name; the one that it had leads to it.

        The name is free, or one of its own former names. Raises TagChanged, and IntegrityError where
        the name is not free.
        """
        self._lock_unchanged()
        # Saving it below raises the edition.
        unannounced = Tag._base_manager
        former = self.former.filter(key=key_of(name)).first()
        self._rewrite_lines(name)
        if former:
            # The two rows exchange their names, so that each address stays; no tag's key is empty.
            unannounced.filter(pk=former.pk).update(key="")
        before, self.name = Tag(name=self.name, key=self.key), name
        # Before the edition, which a save that has just made a tag of this name will ask for.
        unannounced.filter(pk=self.pk).update(key=key_of(name))
        self.save()
        if former:
            unannounced.filter(pk=former.pk).update(name=before.name, key=before.key)
        elif self.key != before.key:
            before.merged_into = self
            before.save()

    @change()
    def merge_into(self, other):
        """Make it a former name of another tag, which gets its reports and its former names.

        Raises TagChanged, and ValueError where both are the same.
        """
        if self == other:
            raise ValueError("Only two tags can be merged.")
        self._lock_unchanged(other)
        self._rewrite_lines(other.name)
        self.merged_into = other
        # While it has its reports: they decide whether this makes an edition.
        self.save()
        other.posts.add(*self.posts.values_list("pk", flat=True))
        self.posts.clear()
        Tag._base_manager.filter(merged_into=self).update(merged_into=other)

    def _lock_unchanged(self, *others):
        """Lock what is about to change. Raises TagChanged."""
        today = {(tag.pk, tag.name) for tag in self._lock(*others) if not tag.merged_into_id}
        if not today.issuperset((tag.pk, tag.name) for tag in (self, *others)):
            raise TagChanged

    def _lock(self, *others):
        """Lock what is about to change: the reports, then the tags, which are returned.

        In this order, since saving a report locks it and then its tags.
        """
        # A working copy is written by who has locked its report.
        has_line = models.Q(tags=self) | models.Q(working_copy__tag_names__gt="")
        posts = apps.get_model("blog.Post").objects
        numbers = posts.filter(has_line).values("pk")
        list(posts.filter(pk__in=numbers).select_for_update().order_by("pk").values_list("pk"))
        tags = [tag.pk for tag in (self, *others)]
        return Tag.objects.locked(models.Q(pk__in=tags) | models.Q(merged_into=self))

    def _rewrite_lines(self, name):
        """Write another name, or none, in place of this one, wherever a report has it.

        Not as a version in the history: nobody has written at these reports.
        """
        posts = apps.get_model("blog.Post").objects.filter(tags=self)
        copies = apps.get_model("blog.WorkingCopy").objects.exclude(tag_names="")
        for texts in (posts, copies):
            changed = []
            for text in texts.only("tag_names"):
                names = names_in(text.tag_names)
                if self.key in map(key_of, names):
                    others = [name if key_of(each) == self.key else each for each in names]
                    text.tag_names = line_of(filter(None, others))
                    changed.append(text)
            texts.model._base_manager.bulk_update(changed, ["tag_names"], batch_size=500)
        apps.get_model("blog.SearchText").objects.keep(*posts.all())


def show_tags(posts):
    """Set the `shown_tags` of each post, in the order of its line; all are read in one query.

    Of a text that was not saved yet, a tag that there is not is one without a number.
    """
    names = {key_of(name): name for post in posts for name in names_in(post.tag_names)}
    known = Tag.objects.filter(key__in=names).select_related("merged_into") if names else []
    today = {tag.key: tag.merged_into or tag for tag in known}
    for post in posts:
        keys = map(key_of, names_in(post.tag_names))
        tags = [today.get(key) or Tag(name=names[key], key=key) for key in keys]
        post.shown_tags = list({tag.key: tag for tag in tags}.values())
    return posts
