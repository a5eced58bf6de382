"""What happened, sealed so that anybody can check it without us.

The map of this room: `pack` is what goes into an evidence pack; `seal` lays the files out, scans them, signs the
manifest and returns the ZIP; `trace` folds the journals; `story`, `words` and `pages` tell it all to people;
`leaks` finds secrets; `archive` writes the one ZIP that these files have; `bundle` takes a run's artifact in. The
verifier is `templates/evidence/verify.py`, one file that needs nothing of ours.
"""
