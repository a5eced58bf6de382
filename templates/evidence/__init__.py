"""The words, pages and verifier that an evidence pack is made of."""
