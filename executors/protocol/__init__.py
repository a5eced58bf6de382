"""The language that bot and executors share: plans, specs, operations, journals, signatures.

| module | what it holds |
|---|---|
| wire | the frozen, strict base of every value that crosses the wire |
| canonical | RFC 8785 JSON and digests |
| dsse | signed envelopes (Ed25519) |
| operation | each change to the world as data, with its undo class |
| odoo | an Odoo as a place, and the operations on it |
| dns | a zone of the domain name system as a place, and the one operation on it |
| site | where a website is put, as places, and the operations on them |
| registration | what a registry says of a domain |
| undo | how an operation can be taken back |
| finding | what a check found |
| plan | Plan, Step, Leg, Envelope; the digest that approvals are pinned to |
| risk | the rules of risk that fired, with their points, and the level |
| estimate | what a plan and a step of it take, and by what that is known |
| journal | what a run did, entry by entry |
| envelope | what a preview saw and proposed, as people approve it |
| history | what the journals say was done, is not taken back, or is open |
| spec | what a job claims and what it hands in |
| card | what the bot knows of an executor without importing it |
| content | the typed content slots of a website |
"""
