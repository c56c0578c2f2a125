"""Every constraint that has a sentence for people exists, or a trigger raises it, under that name."""

from spa_pos.db import fetch
from spa_pos.db.constraints import SENTENCES
from tests.conftest import Database


async def test_every_sentence_belongs_to_something_the_database_refuses(database: Database) -> None:
    rows = await fetch(
        "SELECT conname::text AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
        " UNION SELECT (regexp_matches(prosrc, $$CONSTRAINT = '(\\w+)'$$, 'g'))[1] FROM pg_proc"
    )
    assert SENTENCES.keys() - {row["name"] for row in rows} == set()
