"""A GitHub small enough to carry: REST, webhooks and real git, for demo and tests; it imports no other room.

state      what exists: people, repositories, Apps, tokens (`threads`, `reports` hold issues and checks)
git        the bare repositories underneath, driven by the git binary
seed       makes them at once, for set-up; `diff` compares commits; `git_http` serves clone and push
identity   who is calling; `access` what they may do, refused in GitHub's words
call       one request as a handler sees it; `answers` the refusals, pages and ETags
rest/      one file per subject of the REST API; `shapes/` the JSON it and the webhooks speak
webhooks   signed deliveries, never retried, and their log
pushes     what follows when a ref moves
limits     secondary rate limits, off unless asked for
server     `Sandbox`: start, url, settle, stop
web/       pages for a browser, for the demo alone
story      verbs for tests and demo, so that they read as stories
actions/   workflows, runs, artifacts and OIDC, on top of all this
"""
