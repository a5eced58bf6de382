"""What the executors for Odoo share, pure: rows in, values and sentences out.

`modules` reads rows of modules, `arrivals` foretells what an installation brings, `refusals` says why one cannot
be, `shelf` looks at modules, `server` at version and copy, `company`, `people` and `groups`
at what they are called; `words` lists names for people, `records` keeps evidence.
"""
