"""GitHub's pages for a browser, as much of them as the demo needs; there only where `Sandbox.shown` is set.

Whoever looks sees everything, and speaks as any of the people: what may be done is still asked of the REST API, in
the name and with the token of whoever was chosen. That is why the pages answer to this machine alone.

| module | what it is |
|---|---|
| shown | what the pages tell beside what is in the world: sites, examples |
| door | routes; who is let in; what headers an answer carries |
| frame | the page around everything, and small parts of pages |
| markup | Markdown as GitHub renders it; `clean` takes everything out of HTML that it does not allow |
| overview | the first page, and that of a repository |
| thread | an issue or pull request with its comments |
| forms | to answer and to open an issue |
| reports | check runs, workflow runs, and what lies in an evidence pack |
| write | comments and issues, sent to the REST API as one of the people |
"""
