"""What the check run of proposed templates may have to say: one of each."""

from __future__ import annotations

from bot.domain.faults import Fault
from bot.domain.template_words import TemplatesChecked, TemplateSeen

FOLDER = ".millwright/templates/acme_brand_v1"
HERO = f"{FOLDER}/sections/hero.html"
GOOD = TemplateSeen(
    FOLDER,
    pages=(("imprint.html", 7_000), ("index.html", 21_500)),
    notices=("The page 'shop' needs content for products; left out.",),
    size=61_240,
    pictures=3,
)
BAD = TemplateSeen(
    FOLDER,
    (
        Fault("", "Call is not allowed in a template", "use what the templates that are shipped use", 2, HERO),
        Fault(
            "index.html", "The page has no h1.", "correct the section that prints it", 1, f"{FOLDER}/template.yaml"
        ),
    ),
)
SAMPLES = {
    "template": TemplatesChecked((GOOD, TemplateSeen(".millwright/templates/old_v1", gone=True)), more=2),
    "template_broken": TemplatesChecked((BAD, GOOD)),
    "template_fork": TemplatesChecked((TemplateSeen(FOLDER),), fork=True),
}
