"""Hands: the only calls to GitHub in the bot, and the keeper of its keys.

| module | what it does |
|---|---|
| github/ | gidgethub on aiohttp, wrapped against its traps; implements `ports.GitHub` |
| keys | the Ed25519 key that signs specs and packs; session keys |
"""
