"""News on their way out: real servers for mail and webhooks, and what becomes of a message."""
