"""What is durable: inbox, ledger, outbox and blobs in one database (SQLite by default, other URL for PostgreSQL).

::

    database.py    the front: every method one transaction, durable when it returns
    writer.py      one thread writes; what arrives during a commit shares the next one
    inbox.py       accepted things that may happen; each once by its delivery key
    ledger.py      the hash-chained lines of a case, and blobs by digest
    outbox.py      effects decided and not yet performed, each once by its key
    age.py         what is over is let go, and what was erased overwritten
    aside.py       what was put aside, for a person to decide on; census.py counts it
    leases.py      which process works on which case
    copying.py     a whole database as lines of JSON and back
    connect.py     opens a database by its URL; checkpoint.py folds SQLite's log back beside the writer
    codec.py       effects as JSON and back
    tables.py      the schema; migrations.py its versions
"""
