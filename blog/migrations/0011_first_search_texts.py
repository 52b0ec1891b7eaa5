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

# Its own search for words forgets what stands after 16,383 others.
ON_POSTGRESQL = [
    # The characters of a text, and its pairs of them.
    """
    CREATE FUNCTION blog_grams(characters text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT array_agg(gram)
        FROM
            (SELECT string_to_array(characters, ' ') AS every) AS text,
            unnest(every, every[2:]) AS pairs (one, next),
            LATERAL (VALUES (one), (one || next)) AS grams (gram)
    $$
    """,
    "CREATE INDEX search_text_grams ON blog_searchtext USING gin (blog_grams(characters))",
    # The posts that have the grams, and the phrases: of two pairs the index knows not whether one
    # follows the other. By the index even where all have them, for each row would make its grams anew.
    """
    CREATE FUNCTION blog_having(grams text[], phrases text[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE SET enable_seqscan = off SET jit = off AS $$
        SELECT post_id FROM blog_searchtext
        WHERE blog_grams(characters) @> grams
            AND NOT EXISTS (SELECT FROM unnest(phrases) AS phrase WHERE strpos(characters, phrase) = 0)
    $$
    """,
    # Fetching texts from beside the table, and unpacking them, takes longer than comparing them.
    "ALTER TABLE blog_searchtext ALTER characters SET STORAGE EXTERNAL",
    "ALTER TABLE blog_searchtext SET (toast_tuple_target = 8160)",
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
