"""Templates and values become the same bytes every time, in a sandbox.

The map of this room: `registry` and `shipped` find a template and pin it by digest, `assembly` makes it whole from
a folder's own parts and shared groups, `partials` are texts that several sections share; `manifest` is what a
template says of itself; `variables` checks the values it takes; `allow` is the syntax that a template may use;
`sandbox` fills one in process; `site` makes a page of sections and layout; `own` and `limited` are templates that
we did not ship, filled in a process of their own, and `diagnosis` names their faults; `prose` is plain text as
HTML; `pictures` are photographs in the widths that browsers choose from, and `pixels` is where Pillow makes them.
"""
