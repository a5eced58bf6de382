"""The guide of each trade, written from its file; run as a module this writes them to .github/guides."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.domain.vertical import Vertical
from bot.domain.wanted import wanted
from bot.load import blueprints

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "guides"
GALLERY = ROOT / ".github" / "gallery"
VERTICALS = {one.vertical_id: one for one in blueprints.verticals()}
_VIEWS = {"day": "by day", "night": "by night", "phone": "on a phone"}
_RANK = {"HIGH": 0, "MEDIUM": 1, "LOW": 2}


def guide(one: Vertical) -> str:
    """The whole guide as Markdown."""
    parts = (_head(one), _get(one), _pictures(one), _briefing(one), _usual(one), _erp(one), _risks(one), _run(one))
    return "\n".join([*(part.strip() + "\n" for part in (*parts, _success(one), _try(one)) if part)])


def _words(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _plain(values: Iterable[str]) -> str:
    return ", ".join(value.replace("_", " ") for value in values)


def _head(one: Vertical) -> str:
    return f"""
# {one.name}

{one.description}

For briefings whose `business_type` is one of {_words(one.business_types)}. Written from
[`verticals/{one.vertical_id}.yaml`](../../verticals/{one.vertical_id}.yaml), version {one.version} of
{one.created_at[:10]}, by `python -m tests.rooms.guides`.
"""


def _get(one: Vertical) -> str:
    site = one.template_config.website
    return f"""
## What you get

A website made from the template `{site.template}`, in the firm's own colours, in German or English, light and
dark, for phones, paper and screen readers, without a request to another host.

| | |
|---|---|
| pages that are always there | {_words(site.required_pages)}, and the legal pages of the country |
| pages that firms of the trade often have | {_words(site.optional_pages)} |
| features | {_words(site.features)} |
| to be found by | {_plain(site.seo_focus)} |

A page or feature appears where the briefing has content for it; the plan names what it leaves out and why.
"""


def _pictures(one: Vertical) -> str:
    """The pictures of the gallery that show the trade's template, or one that an example of it names."""
    shots = sorted(GALLERY.glob(f"{one.template_config.website.template}-*.webp"))
    return " ".join(
        f'<img src="../gallery/{shot.name}" alt="{_said(shot)}" width="{190 if "phone" in shot.name else 400}">'
        for shot in shots
    )


def _said(shot: Path) -> str:
    template, _, view = shot.stem.rpartition("-")
    return f"The first page made from {template}, {_VIEWS.get(view, view)}"


def _briefing(one: Vertical) -> str:
    rules = one.validation_rules
    required, recommended = (_fields(names) for names in (rules.required_fields, rules.recommended_fields))
    law = "".join(
        f"\nWhere `country` is `{country}`, the law asks for more:\n\n{_fields(names)}\n"
        for country, names in rules.required_in.items()
    )
    return f"""
## What the briefing must hold

Without one of these there is no plan:

{required}
{law}
Without one of these the plan says what is missing:

{recommended or "Nothing more."}

So begins the one of {one.examples[0].name}:

```yaml
{_beginning(one)}
```

Complete briefings, each with real content: {_examples(one)}.
"""


def _beginning(one: Vertical) -> str:
    """The first example's briefing down to its content."""
    text = (ROOT / "templates" / "examples" / str(one.examples[0].briefing)).read_text("utf-8")
    return text.partition("  content:\n")[0].rstrip()


def _fields(names: Iterable[str]) -> str:
    rows = [(name, wanted(name)) for name in names]
    lines = [f"| {name} | `{field.path}` | `{field.example}` |" for name, field in rows if field]
    return "\n".join(["| field | where it stands | for example |", "|---|---|---|", *lines]) if lines else ""


def _examples(one: Vertical) -> str:
    return ", ".join(
        f"[{example.name}](../../templates/examples/{example.briefing}) ({example.description})"
        for example in one.examples
    )


def _usual(one: Vertical) -> str:
    """Values for what is left open, usual prices and hours."""
    defaults, config = one.default_parameters, one.template_config
    rows = "\n".join(f"| `{name}` | `{value}` |" for name, value in defaults)
    text = f"## What is taken where the briefing is silent\n\n| | |\n|---|---|\n{rows}\n"
    if config.pricing_tiers or config.hours:
        text += "\nUsual in the trade, as an example for your own; never put on a website unasked:\n\n"
    for tier in config.pricing_tiers:
        price = "on request" if tier.price is None else f"{tier.price} a {tier.period}"
        text += f"- **{tier.name}**, {price}: {'; '.join(tier.points)}\n"
    if config.hours:
        days = config.hours.model_dump(exclude_none=True)
        text += "".join(f"- {day}: {_day(times)}\n" for day, times in days.items())
    if config.location_data:
        place = config.location_data
        text += f"\nOf the place: {_plain(place.required)}; where there is one, {_plain(place.optional)}.\n"
    return text


def _day(times: object) -> str:
    return ", ".join(str(one) for one in times) if isinstance(times, list) and times else str(times or "closed")


def _erp(one: Vertical) -> str:
    erp = one.template_config.erp
    rows = "\n".join(
        f"| {each.type.replace('_', ' ')} | {each.source} → {each.target} | {each.priority} | "
        f"{'; '.join(f'{name}: {value}' for name, value in each.config.items()) or '–'} |"
        for each in one.template_config.integrations
    )
    return f"""
## Apps

Where the policy names an Odoo, the briefing's `erp_config.modules` are installed in it ([how](../ODOO.md)).
Firms of the trade usually have {_words(erp.required_modules)}, some beside {_words(erp.optional_modules)},
and use them for {_plain(erp.workflows)}. None is installed unasked.

Connections that the trade usually wants. **None of them is available in this release**; a plan names those that a
briefing asks for as not part of what is approved:

| connection | from → to | priority | |
|---|---|---|---|
{rows}
"""


def _risks(one: Vertical) -> str:
    risks = sorted(one.risk_profile.common_risks, key=lambda risk: (_RANK.get(risk.severity, -1), risk.code))
    rows = "\n".join(
        f"| {risk.code.replace('_', ' ')} | {risk.severity} | {risk.probability} | {risk.text} "
        f"| {risk.mitigation} |"
        for risk in risks
    )
    return f"""
## Risks of the trade

For the reader; they raise no plan's level, which follows from what the plan does.

| risk | severity | probability | what happens | what helps |
|---|---|---|---|---|
{rows}
"""


def _run(one: Vertical) -> str:
    profile = one.risk_profile
    return f"""
## How long, how much, and back

Reckon with about **{profile.estimated_setup_time_minutes} minutes** from a complete briefing to the site, reading
and approving included; the overall complexity of the trade is {profile.overall_complexity}. The plan says, before
anybody approves, how long the jobs will run and what they will cost, as a range with its basis; what was spent
stands on the issue at the end. Prices are those of your policy (`prices.minutes`); nothing else is charged.

Taking it back is of {profile.rollback_complexity} complexity: `/rollback` on the issue takes back every step, the
last one first, and a step that fails takes back by itself what was done before it. What could not be taken back
stands in the plan beforehand.
"""


def _success(one: Vertical) -> str:
    metrics = one.success_metrics
    return f"""
## How success is measured

Figures: {_plain(metrics.kpis)}. Dashboards: {_plain(metrics.dashboards)}.
They are what the trade looks at in its own books. Millwright counts none of them: the website sets no cookie and
measures nobody.
"""


def _try(one: Vertical) -> str:
    return f"""
## Try it

```sh
make demo VERTICAL={one.vertical_id} SERVE=1
```
"""


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, vertical in VERTICALS.items():
        (FOLDER / f"{name}.md").write_text(guide(vertical), "utf-8")
