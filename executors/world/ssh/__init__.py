"""A web root on another machine, through OpenSSH's own `ssh` and `rsync`.

| module | holds |
|---|---|
| scripts | the fixed scripts that run there; they read what they work on from their input, never from their text |
| line | one connection: host key pinned, the key in an agent of its own, an environment without secrets |
| trouble | what ssh, rsync and the scripts say, as errors that say what to do |
| told | what the looking script prints, as values |
| root | what is done there |
"""

from executors.world.ssh.root import RemoteRoot

__all__ = ["RemoteRoot"]
