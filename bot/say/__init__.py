"""Words: every sentence that people read on GitHub or in a mail comes from a template here, one file per message.

| module | what it does |
|---|---|
| encode | untrusted text as Markdown that cannot mention, link, or break out (T22) |
| budget | sections that fit into GitHub's limits without broken Markdown (T24) |
| deeds | operations and facts in plain words |
| history | the ledger as sentences, overrides, sums |
| mail | a notice as a mail |
| render | a message and its template become Markdown |

Public: `comment(message, marker)`, `check(report)`, `pull(text)`, `policy(checked)`, `template(checked)`,
`marker(case_key, name)`, `mail(notice)`.
"""

from bot.say.mail import MailWords, mail
from bot.say.render import Output, PullWords, check, comment, marker, policy, pull, template

__all__ = ["MailWords", "Output", "PullWords", "check", "comment", "mail", "marker", "policy", "pull", "template"]
