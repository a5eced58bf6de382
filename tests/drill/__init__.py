"""Rollback drills: a plan fails after each operation, and the world is afterwards as it was before.

`firm` is a plan on real machines: sshd with a web root, its web server, BIND. `acts` are the ways to fail.
`python -m tests.drill` (make drill) prints a row for each operation of one plan per vertical.
"""
