"""GitHub over HTTP: the one place in the bot, beside its door, that uses gidgethub."""
