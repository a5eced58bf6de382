"""What the sample firm tells in long form: two case studies, an open position, three articles."""

from typing import Any

STORIES: dict[str, Any] = {
    "case_studies": [
        {
            "slug": "lager-ohne-zettel",
            "title": "Ein Lager ohne Zettel in acht Wochen",
            "client": "Nordlicht Leuchten GmbH (Beispiel)",
            "summary": "Wareneingang, Lagerplätze und Versand laufen in einem System; gesucht wird nichts.",
            "facts": [
                {"value": "8 Wochen", "label": "bis zum Start"},
                {"value": "3", "label": "Etappen"},
            ],
            "body": (
                "Im Lager hing der Stand der Dinge an Klemmbrettern. Wer ging, nahm ihn mit nach Hause.\n\n"
                "## Was wir getan haben\n\nZwei Tage lang sind wir mitgelaufen. Danach stand fest, welche "
                "drei Handgriffe zuerst ins System gehören:\n\n- Wareneingang mit Scanner\n- Lagerplatz "
                "statt Gedächtnis\n- Versandetikett aus dem Auftrag\n\n## Was daraus geworden ist\n\n"
                "Die Klemmbretter hängen noch. Sie sind leer."
            ),
        },
        {
            "slug": "angebote-am-selben-tag",
            "title": "Angebote, die am selben Tag hinausgehen",
            "client": "Brandt Metallbau (Beispiel)",
            "summary": "Aus drei Tabellen und einem Ordner wurde ein Ablauf, den auch die Vertretung kennt.",
            "body": (
                "Ein Angebot brauchte vier Tage, weil drei davon auf eine Zahl gewartet wurde.\n\n"
                "## Was wir getan haben\n\nDie Zahl steht jetzt im System, bevor jemand fragt."
            ),
        },
    ],
    "careers": [
        {
            "slug": "odoo-entwicklung",
            "title": "Entwicklerin oder Entwickler für Odoo",
            "place": "Berlin oder von zu Hause",
            "kind": "Vollzeit oder 30 Stunden",
            "posted": "2026-02-20",
            "summary": "Sie bauen Schnittstellen, die man vergessen darf, weil sie laufen.",
            "body": (
                "## Was Sie tun\n\n- Schnittstellen entwerfen, bauen und betreiben\n- mit den Menschen "
                "sprechen, die sie benutzen\n\n## Was Sie mitbringen\n\n- Erfahrung mit Python\n- Freude "
                "an kleinen, fertigen Schritten\n\n## Was Sie erwartet\n\nFeste Zeiten, ein ruhiges Büro "
                "und niemand, der am Freitagabend ausliefert."
            ),
        },
    ],
    "blog": [
        {
            "slug": "erp-ohne-grossprojekt",
            "title": "ERP ohne Großprojekt: in Etappen zum Ziel",
            "date": "2026-02-17",
            "summary": "Warum wir nie alles auf einmal umstellen, und wie man die erste Etappe auswählt.",
            "author": "Miriam Falk",
            "body": (
                "Die meisten gescheiterten Einführungen, die wir kennen, hatten eines gemeinsam: einen "
                "Stichtag, "
                "an dem alles neu sein sollte.\n\n## Klein anfangen\n\nEine gute erste Etappe berührt "
                "wenige "
                "Menschen und löst ein Problem, das jeden Tag weh tut. Häufig ist das:\n\n- der "
                "Wareneingang\n"
                "- die Angebotserstellung\n- die Zeiterfassung\n\n## Zurück können\n\nJede Etappe braucht "
                "einen "
                "Weg zurück. Wer weiß, dass er umkehren kann, geht mutiger voran."
            ),
        },
        {
            "slug": "sicherungen-pruefen",
            "title": "Eine Sicherung, die nie zurückgespielt wurde, ist eine Hoffnung",
            "date": "2026-01-20",
            "summary": "Wie wir Sicherungen jeden Monat prüfen und was Sie heute selbst tun können.",
            "author": "Tomasz Zieliński",
            "body": (
                "Fast jeder Betrieb sichert seine Daten. Wenige haben je versucht, sie zurückzuholen.\n\n"
                "## Der Versuch zählt\n\nWir spielen jede Sicherung einmal im Monat auf einem getrennten "
                "System "
                "zurück und lassen einen Menschen darin arbeiten. Erst dann gilt sie als gemacht."
            ),
        },
        {
            "slug": "schnittstellen-zuerst",
            "title": "Erst die Schnittstelle, dann das System",
            "date": "2025-11-05",
            "summary": "Drei Fragen, die vor jeder Softwareauswahl stehen sollten.",
            "author": "Jonas Petersen",
            "body": (
                "Software wird nach Funktionen ausgesucht und scheitert an Übergängen. Diese Fragen "
                "helfen:\n\n"
                "- Welche Daten kommen von außen, und wer pflegt sie?\n- Was geschieht, wenn die "
                "Verbindung "
                "einen Tag lang fehlt?\n- Wer merkt es zuerst?"
            ),
        },
    ],
}
