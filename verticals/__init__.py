"""One YAML file is one trade: what it needs, what it asks for, which risks it runs."""
