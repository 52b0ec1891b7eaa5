from django.db import DatabaseError, migrations, transaction

from blog.folding import searchable


def index_on_postgresql(apps, schema_editor):
    """Let PostgreSQL find words of three characters and more by an index, where it has pg_trgm."""
    if schema_editor.connection.vendor != "postgresql":
        return
    # Fetching texts from beside the table, and unpacking them, takes longer than the search itself.
    schema_editor.execute("ALTER TABLE blog_searchtext ALTER text SET STORAGE EXTERNAL")
    schema_editor.execute("ALTER TABLE blog_searchtext SET (toast_tuple_target = 8160)")
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        # Not installed, or not this role's to switch on: searches read all texts, as on SQLite.
        return
    schema_editor.execute(
        "CREATE INDEX search_text_trigrams ON blog_searchtext USING gin (text gin_trgm_ops)"
    )


def keep_present_texts(apps, schema_editor):
    posts = apps.get_model("blog", "Post").objects.values_list(
        "pk", "title", "body_text", "published_at"
    )
    search_texts = apps.get_model("blog", "SearchText").objects
    search_texts.bulk_create(
        (search_texts.model(post_id=pk, **searchable(*rest)) for pk, *rest in posts.iterator()),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0010_search_text"),
    ]

    operations = [
        migrations.RunPython(index_on_postgresql, migrations.RunPython.noop),
        migrations.RunPython(keep_present_texts, migrations.RunPython.noop),
    ]
