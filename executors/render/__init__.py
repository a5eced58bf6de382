"""Templates and values become the same bytes every time, in a sandbox.

The map of this room: `shipped` finds a template by id and pins it by digest; `manifest` is what a template says of
itself; `variables` checks the values it takes; `allow` is the syntax that a template may use; `sandbox` fills one
in process; `site` makes a page of sections and layout; `limited` fills those we did not ship in a process of
their own; `prose` is plain text as HTML; `pictures` are photographs in the widths that browsers choose from, and
`pixels` is where Pillow makes them.
"""
