"""Which tables does the people's file have? Instants are whole microseconds, UTC."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table, Text

APPLICATION_ID = 0x42435045
"""'BCPE' in the file's header: this SQLite file holds people of Broadcaster."""
VERSION = 2
"""In the file's `user_version`; raise it with every change that an older version could not read."""

STEPS = {2: ("ALTER TABLE tokens ADD COLUMN until BIGINT", "ALTER TABLE links ADD COLUMN until BIGINT")}
"""What makes a file of the version before into one of this version."""

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("folded", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("user", Text, ForeignKey("users.folded", ondelete="CASCADE"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("device", Text, nullable=False),
)


def _secret(name: str, *more: Column[str]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        Column("digest", Text, nullable=False, unique=True),
        Column("folded", Text, nullable=False, unique=True),
        Column("name", Text, nullable=False),
        *more,
        Column("made_at", BigInteger, nullable=False),
        Column("made_by", Text, nullable=False),
        Column("until", BigInteger),
    )


tokens = _secret("tokens", Column("role", Text, nullable=False), Column("words", Text, nullable=False))
links = _secret("links", Column("pages", Text, nullable=False))

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

deeds = Table(
    "deeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("act", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("data", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""What was done and is not in the journal yet: the service alone writes that."""
