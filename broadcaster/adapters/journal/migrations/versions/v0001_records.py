"""What does the first journal hold? The records, the note of the last one, and guards that let the file only grow."""

import sqlalchemy as sa
from alembic import op

from broadcaster.adapters.journal.tables import APPLICATION_ID

revision = "0001"
down_revision = None

GUARDS = {
    # The insert guard also stops INSERT OR REPLACE, which deletes without asking the delete guard.
    "records_insert": "INSERT ON records WHEN NEW.seq <> (SELECT seq + 1 FROM head)",
    "records_update": "UPDATE ON records",
    "records_delete": "DELETE ON records",
    "head_insert": "INSERT ON head",
    "head_update": "UPDATE ON head WHEN NEW.seq <> OLD.seq + 1",
    "head_delete": "DELETE ON head",
}


def upgrade() -> None:
    """Create the tables and their guards."""
    op.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    op.create_table(
        "records",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.execute("INSERT INTO head (id, seq, hash) VALUES (1, 0, '')")
    for name, event in GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END")
