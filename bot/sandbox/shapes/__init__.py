"""The JSON that the REST API and the webhooks speak: functions from the world to GitHub's shapes."""
