"""What the person who runs the bot has in hand: metrics, logs, the inbox, health, drain, recipes."""
