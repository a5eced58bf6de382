"""Names on a real BIND 9: previewed, set, taken back, refused."""
