"""The first and the last step of a website: a preflight before anything is changed, a validation of everything.

Both only look. The preflight opens the leg that publishes, so its preview is part of what people approve; the
validation ends the last leg, for then everything that was promised is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.briefing import Briefing
from bot.domain.dns_steps import EXECUTOR as DNS
from bot.domain.site_place import LOOPBACK
from executors.protocol.card import ExecutorCard
from executors.protocol.content import images
from executors.protocol.plan import Step
from executors.protocol.wire import Json

PREFLIGHT, VALIDATE = "preflight", "validate"
PREFLIGHT_SECONDS, VALIDATE_SECONDS = 0, 120
"""The facts give the validation two minutes; the preflight is a part of what the deployment is given."""


def made_sure(briefing: Briefing, steps: tuple[Step, ...], cards: Mapping[str, ExecutorCard]) -> tuple[Step, ...]:
    """The steps with a preflight before the website and a validation at the end; unchanged without a website."""
    website = next((step for step in steps if step.executor == "website"), None)
    deploy = next((step for step in steps if step.executor == "deploy"), None)
    if website is None or deploy is None or PREFLIGHT not in cards or VALIDATE not in cards:
        return steps
    first = _preflight(briefing, website, deploy, cards[PREFLIGHT])
    later = website.model_copy(update={"depends_on": (*website.depends_on, first.id)})
    whole = tuple(one for step in steps for one in ((first, later) if step is website else (step,)))
    return (*whole, _validate(deploy, whole, cards[VALIDATE]))


def _preflight(briefing: Briefing, website: Step, deploy: Step, card: ExecutorCard) -> Step:
    config, url = briefing.website_config, str(deploy.inputs["url"])
    pictures = dict.fromkeys((*images(config.content), *((config.logo,) if config.logo else ())))
    inputs: Json = {
        "target": deploy.inputs["target"],
        "url": url,
        "template": website.inputs["template"],
        "template_digest": website.inputs["template_digest"],
        **_own_template(website),
        "pictures": [{"path": one.path, "sha256": one.sha256} for one in pictures],
    }
    asks = url.split("/", 3)[2].partition(":")[0] not in LOOPBACK
    told = f", and ask its registry (RDAP, by IANA's list) about {config.domain}" if asks else ""
    return Step(
        id=PREFLIGHT,
        executor=PREFLIGHT,
        title="Preflight",
        summary=f"Look at the place of the site, its material and {url}{told}; a failure stops the run here",
        inputs=inputs | ({"domain": config.domain} if asks else {}),
        limits=card.limits,
        undo=card.undo,
        estimate_seconds=PREFLIGHT_SECONDS,
    )


def _own_template(website: Step) -> Json:
    """The files of a template that is none of ours, by their paths in the repository."""
    own = website.inputs.get("own_template")
    if own is None:
        return {}
    return {"own_template": [{**file, "path": f"{own['folder']}/{file['path']}"} for file in own["files"]]}


def _validate(deploy: Step, steps: tuple[Step, ...], card: ExecutorCard) -> Step:
    """The last step: it waits for every other one, directly or not."""
    before = {name for step in steps for name in step.depends_on}
    url, dns = str(deploy.inputs["url"]), next((step for step in steps if step.executor == DNS), None)
    inputs: Json = {"url": url}
    inputs |= {"source": deploy.inputs["source"]} if dns is None else dict(dns.inputs)
    names = " and for the records" if dns is not None else ""
    return Step(
        id=VALIDATE,
        executor=VALIDATE,
        title="Final validation",
        summary=f"Ask {url} for every page, what is not there, headers and certificate{names}, as visitors do",
        inputs=inputs,
        depends_on=tuple(step.id for step in steps if step.id not in before),
        limits=card.limits,
        undo=card.undo,
        estimate_seconds=VALIDATE_SECONDS,
    )
