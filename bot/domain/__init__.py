"""The nouns of the bot, all pure: values and what follows from values. Nothing here reads a clock or the world.

Lower rows know nothing of higher ones.

| what | modules |
|---|---|
| going on | proposal (a plan put before people), advance (does what `next` says), stop, undo |
| what comes next | next (one function for approvals, runs and ticks), view (what the comment shows) |
| one decision in the making | turn (records and effects, the case moving along), leg (a run is started), command |
| who decides | gate (whose approval counts, as a tree of reasons), consent (one yes), policy, rules, prices |
| taking back | undo (what of a case stands, and what of it takes a decision) |
| planning | drafting (issue → plan or faults), planner, website_steps, risk, wishes, difference, vertical |
| where websites go | site_place (over SSH, Pages), places (every kind) |
| names of websites | dns_place (a zone), dns_steps (its records), names (whose a domain is) |
| planning an ERP | erp (modules and roles), erp_place (the Odoo), erp_choice, erp_steps, erp_wishes |
| reading what people wrote | body, pasted, answers, form, briefing, reading, strict_*, document, fields |
| the case | lifecycle (TRANSITIONS), case, fold with fold_gates and fold_runs (ledger → case), ledger, cost |
| what is wanted | effects (data for `perform`), messages (what is said), knowledge (needs and answers) |
| smallest things | people, approval, faults, imprint, iso, workflow |
"""
