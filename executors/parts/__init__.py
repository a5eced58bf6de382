"""What more than one kind or room needs, pure: values in, values out, no I/O.

`paths` refuses unsafe output paths, `tree` gives a folder one digest, `admission` compares a spec with its job,
`check` says what was looked at, found and is to be done;
for websites `colour` makes a readable palette, `mosaic` a firm's own pattern,
`panel` a drawn interface, `seo` writes structured data.
"""
