"""What the executor for names works with, pure: records wanted, records there, and what lies between.

`records` writes what is wanted as its server will (octoDNS, dnspython), `difference` compares it with what is
there and says by name what stands in the way.
"""
