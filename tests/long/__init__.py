"""Long property tests, for `make test-long` and before a release: each property on 10,000 examples or more.

`MILLWRIGHT_EXAMPLES=100000` makes it more. A failure prints hypothesis' blob, or the seed that it comes back with.
"""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("MILLWRIGHT_EXAMPLES", "10000"))
"""How many examples each property is tried on."""

LONG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
"""What each property here is decorated with."""
