"""The language that bot and executors share: plans, specs, operations, journals, signatures.

| module | what it holds |
|---|---|
| wire | the frozen, strict base of every value that crosses the wire |
| canonical | RFC 8785 JSON and digests |
| dsse | signed envelopes (Ed25519) |
| operation | each change to the world as data, with its undo class |
| plan | Plan, Step, Leg, Risk, Envelope; the digest that approvals are pinned to |
| journal | what a run did, entry by entry |
| spec | what a job claims and what it hands in |
| card | what the bot knows of an executor without importing it |
| content | the typed content slots of a website |
"""
