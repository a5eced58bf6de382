"""What is durable: inbox, ledger, outbox and blobs in one database (SQLite by default, other URL for PostgreSQL).

::

    database.py    the front: every method one transaction, durable when it returns
    writer.py      one thread writes; what arrives during a commit shares the next one (batch.py)
    reader.py      reads on threads of their own; trouble.py knows what a database's errors mean
    desk.py        what a worker knows of its case, and what is next
    verifying.py   every chain, over the stored bytes
    changes.py     changes that touch several tables; arrivals.py what comes in; due.py what may be done now
    inbox.py       accepted things that may happen; each once by its delivery key
    ledger.py      the hash-chained lines of a case, and blobs by digest
    outbox.py      effects decided and not yet performed, each once by its key
    age.py         what is over is let go, and what was erased overwritten
    aside.py       what was put aside, for a person to decide on; census.py counts it
    leases.py      which process works on which case
    replicas.py    the others on one PostgreSQL: woken by bell.py, handed sealed answers by relay.py
    copying.py     a whole database as lines of JSON and back
    connect.py     opens a database by its URL (address.py); checkpoint.py folds SQLite's log back beside
    server.py      opens PostgreSQL, with its driver
    codec.py       effects as JSON and back
    tables.py      the schema; migrations.py its versions
"""
