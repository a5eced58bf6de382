#!/usr/bin/env bash
# Finds a Python that is new enough and lets it make the environment; everything else is in install.py.
set -euo pipefail
for python in python3 python3.14 python3.13 python3.12 python3.11; do
  if "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" -I "$GITHUB_ACTION_PATH/install.py"
  fi
done
echo '::error title=setup::This runner has no Python 3.11 or newer; install one and name it on PATH.'
exit 1
