"""What is held against executors; the laws they share say what they compared when one is broken."""

import pytest

pytest.register_assert_rewrite("tests.executors.kinds.laws")
