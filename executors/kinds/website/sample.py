"""A faithful briefing of an invented firm, `acme-consulting.example`: for previews, tests and the demo's looks."""

from typing import Any

from executors.kinds.website.sample_stories import STORIES

SAMPLE: dict[str, Any] = {
    "domain": "acme-consulting.example",
    "template": "corporate_site_v1",
    "business_name": "Acme Consulting GmbH",
    "tagline": "Software, die zu Ihrem Betrieb passt.",
    "description": (
        "Wir beraten mittelständische Unternehmen bei ERP, Cloud und Prozessen: "
        "verständlich, herstellerunabhängig und bis zum laufenden Betrieb."
    ),
    "language": "de",
    "country": "DE",
    "date": "2026-03-02",
    "pages": ["home", "services", "case-studies", "team", "about", "careers", "contact"],
    "features": ["blog", "contact_form"],
    "primary_color": "#1e40af",
    "secondary_color": "#f59e0b",
    "contact": {"email": "info@acme-consulting.example", "phone": "+49 30 5550 1420"},
    "legal": {
        "address": {"street": "Beispielstraße 12", "postal_code": "10115", "city": "Berlin"},
        "represented_by": "Geschäftsführerin Miriam Falk",
        "register_court": "Amtsgericht Charlottenburg",
        "register_number": "HRB 000000 B",
        "vat_id": "DE000000000",
        "privacy_contact": "datenschutz@acme-consulting.example",
        "responsible_for_content": "Miriam Falk, Anschrift wie oben",
    },
    "content": {
        "services": [
            {
                "name": "ERP-Einführung",
                "summary": (
                    "Von der Auswahl bis zum ersten Monatsabschluss: Odoo, eingerichtet nach Ihren Abläufen."
                ),
                "details": (
                    "Wir nehmen Ihre Abläufe dort auf, wo sie stattfinden, und zeigen nach zwei Wochen einen "
                    "lauffähigen Entwurf mit Ihren eigenen Daten.\n\nEingeführt wird in Etappen. Jede Etappe "
                    "hat "
                    "einen Termin, einen Festpreis und einen Weg zurück."
                ),
                "points": [
                    "Aufnahme der Abläufe vor Ort",
                    "Entwurf mit Ihren eigenen Daten",
                    "Datenübernahme mit Probelauf",
                    "Begleitung im ersten Quartal",
                ],
                "icon": "process",
            },
            {
                "name": "Cloud und Betrieb",
                "summary": (
                    "Server, Sicherungen und Updates, um die sich jemand kümmert, den Sie anrufen können."
                ),
                "details": (
                    "Ihre Systeme laufen in deutschen Rechenzentren. Sicherungen werden nicht nur gemacht, "
                    "sondern "
                    "jeden Monat zurückgespielt."
                ),
                "points": ["Überwachung rund um die Uhr", "Geprüfte Sicherungen", "Planbare Wartungsfenster"],
                "icon": "cloud",
            },
            {
                "name": "Prozessberatung",
                "summary": (
                    "Wir finden die Stellen, an denen Arbeit liegen bleibt, und räumen sie mit Ihnen aus dem Weg."
                ),
                "details": "Am Ende steht kein Gutachten, sondern ein Ablauf, der schon benutzt wird.",
                "points": ["Werkstatttermine mit Ihrem Team", "Messbare Ziele je Ablauf"],
                "icon": "growth",
            },
            {
                "name": "Schnittstellen",
                "summary": ("Shop, Lager, Buchhaltung und Website tauschen Daten aus, ohne dass jemand abtippt."),
                "icon": "code",
            },
            {
                "name": "Datenschutz und Sicherheit",
                "summary": "Rechte, Protokolle und Notfallpläne, die einer Prüfung standhalten.",
                "icon": "shield",
            },
            {
                "name": "Schulung",
                "summary": "Kurze Einheiten an Ihren eigenen Vorgängen statt Folien über fremde.",
                "icon": "people",
            },
        ],
        "process": [
            {"title": "Kennenlernen", "text": "Ein Gespräch, ein Rundgang, eine ehrliche Einschätzung."},
            {"title": "Entwurf", "text": "Ein lauffähiges System mit Ihren Daten, bevor Sie sich entscheiden."},
            {"title": "Einführung", "text": "In Etappen, mit Schulung und einem Weg zurück."},
            {"title": "Betrieb", "text": "Feste Ansprechpartner, geprüfte Sicherungen, ruhige Updates."},
        ],
        "facts": [
            {"value": "2012", "label": "in Berlin gegründet"},
            {"value": "14", "label": "Beraterinnen und Entwickler"},
            {"value": "1 Tag", "label": "bis zur Antwort auf Ihre Anfrage"},
        ],
        "team": [
            {
                "name": "Miriam Falk",
                "role": "Geschäftsführerin",
                "bio": "Hat Acme gegründet, nachdem sie zehn Jahre lang ERP-Projekte gerettet hatte.",
                "email": "falk@acme-consulting.example",
            },
            {
                "name": "Jonas Petersen",
                "role": "Leiter Entwicklung",
                "bio": "Baut Schnittstellen, die man vergessen darf, weil sie laufen.",
            },
            {
                "name": "Aylin Demir",
                "role": "Prozessberatung",
                "bio": "Gelernte Industriekauffrau. Spricht die Sprache von Lager und Buchhaltung.",
            },
            {
                "name": "Tomasz Zieliński",
                "role": "Cloud und Betrieb",
                "bio": "Spielt jede Sicherung zurück, bevor er ihr glaubt.",
            },
        ],
        "about": {
            "text": (
                "Acme Consulting ist ein Beratungshaus in Berlin. Wir führen Geschäftssoftware dort ein, "
                "wo es auf "
                "jeden Handgriff ankommt: in Betrieben mit zwanzig bis zweihundert Menschen.\n\n"
                "Unsere Kunden haben selten eine IT-Abteilung und nie zu viel Zeit. Deshalb zeigen wir "
                "früh etwas, "
                "das läuft, statt lange zu beschreiben, was laufen könnte.\n\n"
                "Wir verkaufen keine Lizenzen und nehmen keine Provisionen. Was wir empfehlen, würden wir im "
                "eigenen Betrieb einsetzen, und meistens tun wir das auch."
            ),
            "values": [
                {"title": "Verständlich", "text": "Wer ein Angebot von uns liest, weiß danach, was er bekommt."},
                {"title": "Unabhängig", "text": "Wir verdienen an Beratung, nicht an Lizenzen."},
                {"title": "Verlässlich", "text": "Zusagen stehen im Kalender, nicht im Kleingedruckten."},
            ],
        },
        "faq": [
            {
                "question": "Wie lange dauert eine ERP-Einführung?",
                "answer": (
                    "Die erste Etappe geht nach sechs bis zehn Wochen in Betrieb. Weitere folgen, wenn sie sitzt."
                ),
            },
            {
                "question": "Arbeiten Sie auch außerhalb von Berlin?",
                "answer": ("Ja. Die Aufnahme der Abläufe machen wir vor Ort, das meiste danach auf Entfernung."),
            },
            {
                "question": "Was kostet ein Erstgespräch?",
                "answer": "Nichts. Danach wissen Sie, ob wir helfen können und was es ungefähr kosten wird.",
            },
        ],
        "testimonials": [
            {
                "quote": (
                    "Nach acht Wochen lief unser Lager über Odoo, und niemand wollte zurück. "
                    "So ruhig haben wir noch keine Umstellung erlebt."
                ),
                "author": "Katrin Olbrich",
                "role": "Geschäftsführerin, Nordlicht Leuchten GmbH (Beispiel)",
            },
            {
                "quote": (
                    "Sie haben uns von zwei der fünf Wünsche abgeraten. Genau deshalb arbeiten wir mit ihnen."
                ),
                "author": "Stefan Brandt",
                "role": "Kaufmännischer Leiter, Brandt Metallbau (Beispiel)",
            },
        ],
        **STORIES,
    },
}
