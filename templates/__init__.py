"""What people read and what sites are made of, as data: one folder a kind."""
