"""The room that decides. Read `handle.py` first: one event, start to finish.

__main__ > cli     `millwright` and its subcommands; cli/demo is the scene of demo and stories
app, settings      the composition root, and what the environment says
doors/             bytes in: POST /github, /runs/claim, /runs/journal, /runs/done, health
engine/            inbox rows to their cases, in order; timers, retries, leases
handle             load, decide, commit
load/              answers an event's needs: GitHub, policy, shipped packages
decide/            what is to be done, as a list of effects (pure)
commands/          one file is one slash command (pure)
perform/           the only place where effects happen
events/            payload to event (pure)
domain/            briefing, plan, risk, policy, gate, lifecycle, ledger, case (pure)
say/               every sentence that people read on GitHub
store/             inbox, ledger, outbox, blobs
adapters/          GitHub over HTTP, keys
ports/             what the flow needs from the world
sandbox/           a GitHub small enough to carry; imports nothing of the rest
errors             what can go wrong, as one tree
logs, metrics      what a bot says and counts about itself, for those who run it
"""
