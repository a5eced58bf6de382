"""Somebody who may look at modules and no more: what `<environment>-read` is to hold the key of."""

from __future__ import annotations

from tests.odoo.server import Instance

READABLE = ("ir.module.module", "ir.module.module.dependency", "ir.module.module.exclusion")
"""What only Settings administrators may read by default, and a preview must."""


def read_key(odoo: Instance) -> str:
    """Make an internal user with read access to the lists of modules, as an administrator would; their key."""
    [group] = odoo.call("res.groups", "create", vals_list=[{"name": "Millwright previews"}])
    models = odoo.rows("ir.model", [["model", "in", list(READABLE)]], "model")
    rights = [
        {"name": f"Millwright reads {row['model']}", "model_id": row["id"], "group_id": group, "perm_read": True}
        for row in models
    ]
    odoo.call("ir.model.access", "create", vals_list=rights)
    [user] = odoo.call(
        "res.users",
        "create",
        vals_list=[{"name": "Previewer", "login": "previewer", "password": "previewer"}],
        context={"no_reset_password": True},
    )
    odoo.call("res.users", "write", ids=[user], vals={"group_ids": [[4, group]]})
    return odoo.new_key("previewer", "previewer")
