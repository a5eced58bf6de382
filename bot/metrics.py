"""What the bot counts about itself, in Prometheus' terms; a process has one `Metrics`, and no global registry.

Names follow https://prometheus.io/docs/practices/naming/; `.github/OPERATIONS.md` says what each alarm means.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

QUICK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Buckets in seconds for what answers within the request."""
SLOW = (0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Buckets in seconds for what waits for others."""


class Metrics:
    """Every counter, gauge and histogram of one bot; labels are kinds, never names of people or repositories."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began, nobody asks
        self.registry = CollectorRegistry()
        self.deliveries = self._counter("deliveries", "Webhooks at the door", "event", "outcome")
        self.acknowledged = self._histogram("acknowledge_seconds", "From a webhook's headers to its 202", QUICK)
        self.claims = self._counter("claims", "Claims of jobs, by the status answered", "status")
        self.rows = self._counter("rows", "Inbox rows handled", "kind", "outcome")
        self.row_seconds = self._histogram("row_seconds", "Loading, deciding and committing one row", SLOW)
        self.effects = self._counter("effects", "Effects performed", "effect", "outcome")
        self.effect_seconds = self._histogram("effect_seconds", "Performing one effect, waits included", SLOW)
        self.notices = self._counter(
            "notices", "Mails and webhooks: sent, later, failed for good", "way", "outcome"
        )
        self.requests = self._counter("github_requests", "Requests to GitHub", "verb", "status")
        self.limited = self._counter("github_limited", "Times GitHub said to slow down", "limit")
        self.paced = self._histogram("github_paced_seconds", "Waiting for a turn to write", SLOW)
        self.commits = self._histogram("commit_seconds", "One commit of the database", QUICK)
        self.committed = self._counter("committed_changes", "Changes that commits held")
        self.leases_lost = self._counter("leases_lost", "Cases that another process took over")
        self.swept = self._counter("deliveries_missed", "Deliveries asked for again by a sweep")
        self.waiting = self._gauge("rows_waiting", "Rows that may be handled now")
        self.parked = self._gauge("rows_parked", "Rows put aside for a person to look at")
        self.oldest = self._gauge("oldest_row_seconds", "Age of the oldest row that may be handled now")
        self.unperformed = self._gauge("effects_waiting", "Effects decided and not yet performed")
        self.given_up = self._gauge("effects_given_up", "Effects that failed too often or that GitHub forbids")
        self.readable = self._gauge("database_readable", "Whether what waits could be counted: 1 or 0")
        self.away = self._gauge("github_away", "Whether GitHub did not answer when it was asked last: 1 or 0")
        self.at_work = self._gauge("cases_at_work", "Cases being worked on")
        self.last_round = self._gauge("last_round_timestamp_seconds", "When the engine last looked for work")

    def page(self) -> bytes:
        """All of it in Prometheus' text format 0.0.4."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"millwright_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"millwright_{name}", what, registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"millwright_{name}", what, buckets=buckets, registry=self.registry)
