"""Attacks by name, each carried out over real HTTP against the whole house, and judged by what the world is after.

| module | what it is |
|---|---|
| attack | the record that an attack is |
| stage | the running scene, with what attackers may use: doors, GitHub's REST, tokens of jobs |
| judge | what of the world counts; it never asks the attack how it went |
| markdown | what a reader of GitHub would see in the bot's words |
| play | one kind after another, with its verdicts |

The attacks stand in modules by kind. `KINDS` is all of them; `make bench` prints the table.
"""
