from django.db import migrations

from blog.folding import searchable

# Each character is a word, whatever it is: spaces alone divide them.
ON_SQLITE = [
    """
    CREATE VIRTUAL TABLE blog_searchindex USING fts5(
        characters, content='blog_searchtext', content_rowid='post_id',
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    )
    """,
    """
    CREATE TRIGGER search_text_inserted AFTER INSERT ON blog_searchtext BEGIN
        INSERT INTO blog_searchindex (rowid, characters) VALUES (new.post_id, new.characters);
    END
    """,
    """
    CREATE TRIGGER search_text_deleted AFTER DELETE ON blog_searchtext BEGIN
        INSERT INTO blog_searchindex (blog_searchindex, rowid, characters)
            VALUES ('delete', old.post_id, old.characters);
    END
    """,
    """
    CREATE TRIGGER search_text_updated AFTER UPDATE ON blog_searchtext BEGIN
        INSERT INTO blog_searchindex (blog_searchindex, rowid, characters)
            VALUES ('delete', old.post_id, old.characters);
        INSERT INTO blog_searchindex (rowid, characters) VALUES (new.post_id, new.characters);
    END
    """,
]

# Not by its own search for words, which forgets what stands after 16,383 others. Dear, so that no
# plan makes the pairs of every row anew.
ON_POSTGRESQL = [
    """
    CREATE FUNCTION blog_bigrams(characters text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000 AS $$
        SELECT array_agg(DISTINCT gram)
        FROM (
            SELECT one, one || lead(one) OVER (ORDER BY place) AS two
            FROM unnest(string_to_array(characters, ' ')) WITH ORDINALITY AS each (one, place)
        ) AS pairs, LATERAL (VALUES (one), (two)) AS grams (gram)
        WHERE gram IS NOT NULL
    $$
    """,
    # Fetching texts from beside the table, and unpacking them, takes longer than comparing them.
    "ALTER TABLE blog_searchtext ALTER characters SET STORAGE EXTERNAL",
    "ALTER TABLE blog_searchtext SET (toast_tuple_target = 8160)",
    "CREATE INDEX search_text_bigrams ON blog_searchtext USING gin (blog_bigrams(characters))",
]


def make_index(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in ON_SQLITE if is_sqlite else ON_POSTGRESQL:
        schema_editor.execute(statement)


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
        migrations.RunPython(make_index, migrations.RunPython.noop),
        migrations.RunPython(keep_present_texts, migrations.RunPython.noop),
    ]
