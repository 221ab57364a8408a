"""The journal's storage: one SQLite file, append-only, hash-chained, one writer at a time.

What the checks cannot see, since everything is in one file: a journal replaced by an older copy of itself (or whose
write-ahead file was lost), and a forger who rewrites every later record and the head with it. Against both, keep the
head that `journal verify` prints somewhere else.
"""

from broadcaster.adapters.journal.adapter import SQLJournal, read_journal, verify
from broadcaster.adapters.journal.translate import Fault, Verdict

__all__ = ["Fault", "SQLJournal", "Verdict", "read_journal", "verify"]
