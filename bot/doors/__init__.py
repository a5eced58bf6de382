"""Bytes in: each door checks who speaks and how much, stores what was said durably, and answers.

::

    github.py   POST /github: signature, size, headers; 202 once it is on disk
    runs.py     POST /runs/claim, /runs/journal, /runs/done: what running jobs ask and tell
    oidc.py     who a job is: GitHub's OIDC tokens
    health.py   /healthz, /readyz, /.well-known/millwright-keys.json
    intake.py   what doors may do with the flow: accept, wake, wait for an answer
    body.py     reading a request within its limits, and refusals as JSON
"""
