"""What stands in a database and beside it, read from PostgreSQL itself, to be compared with an earlier time."""

from __future__ import annotations

from typing import Any

from tests.odoo.server import Instance


def state(odoo: Instance) -> dict[str, Any]:
    """Everything that a leg of ours may touch."""
    return {
        "modules": odoo.sql("select name, state from ir_module_module order by name"),
        "company": odoo.sql("select id, name, currency_id from res_company order by id"),
        "country": odoo.sql(
            "select id, country_id from res_partner where id in (select partner_id from res_company)"
        ),
        "currencies": odoo.sql("select name from res_currency where active order by name"),
        "users": odoo.sql("select id, login, active, partner_id from res_users order by id"),
        "partners": odoo.sql("select id, name, active from res_partner order by id"),
        "groups": odoo.sql("select * from res_groups_users_rel order by 1, 2"),
        "tables": odoo.sql("select tablename from pg_tables where schemaname = 'public' order by 1"),
    }


def databases(odoo: Instance) -> list[str]:
    """The names of all databases but the templates."""
    found = odoo.daemon.cluster.sql("select datname from pg_database where not datistemplate order by 1")
    return [name for (name,) in found if name != "postgres"]
