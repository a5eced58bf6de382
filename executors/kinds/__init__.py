"""One file (or small package) is one executor, pure but for look, and ends in `EXECUTOR = Executor(…)`.

Nothing is registered: `executors.catalog` lists this folder. An executor proposes operations and never applies
them; it knows no other executor and has no hands.
"""
