"""The command line: each file without an underscore is one subcommand of `millwright` (subcommand.py says how).

plan            a briefing's plan, offline       run        a plan on this machine
validate        faults with their lines          verify     an evidence pack
workflow        the operations repository's      serve      the bot itself
keys            its key ring                     simulate     what a command would do now
inbox           what was put aside
_files          what is read                     _screen    what is shown
_offline        planning without GitHub          _plan_page a plan for the terminal
_local_run      a leg without the bot            _journal_file, _local_site, _progress: its parts
_keys_told      what `keys` says                 _published keys that the bot published
_question       what `simulate` is asked         _simulation the decision, without its commit
_outcome        whether it counts                _foreseen   its effects; _foreseen_page for the terminal
"""
