"""What a subcommand of `millwright` is: one file in this folder that ends in `SUBCOMMAND = Subcommand(…)`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Subcommand:
    """Keep the module's own imports light: `run` imports what it needs when it is called."""

    name: str
    """the file's name, underscores as dashes"""
    summary: str
    """one line for `millwright --help`"""
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """the exit code; errors of ours are printed by `millwright` and exit with 2"""
