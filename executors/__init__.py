"""The room that does: look, propose, apply, look again. It knows nothing of the bot.

__main__     python -I -m executors admit | preview | execute | rollback | report
admit        is this job the one the bot dispatched?
runner       one leg, step by step, journalled over the wire
catalog      finds kinds/
kinds/       one file is one executor, pure but for look
world/       the only room with hands
evidence, cost   by-products of the journal
render/      templates by digest, sandboxed
parts/       pure pieces that more than one kind needs
executor     the record that an executor is
protocol/    the language shared with the bot
errors       what can go wrong, as one tree
"""
