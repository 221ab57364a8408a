"""Which tables does the journal have now? (The migrations say how it came to them.)"""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

APPLICATION_ID = 0x42434A4C
"""'BCJL' in the file's header: this SQLite file is a journal of Broadcaster."""

metadata = MetaData()

records = Table(
    "records",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("run", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ids", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
