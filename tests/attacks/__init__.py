"""One file is one threat: the attack itself, against real parts. SECURITY.md names them all."""
