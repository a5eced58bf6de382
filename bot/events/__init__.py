"""Meaning, all of it pure: what arrived, as one Event or as Ignored with the reason.

| module | what it holds |
|---|---|
| model | the Event union: everything that can happen, timers, claims and journal lines included |
| life | events about repositories, installations and what people may do |
| payload | models of what we read in GitHub's webhooks |
| shown | repositories and accounts as webhooks show them |
| around | webhooks about repositories, installations, members and teams |
| github | a webhook → an event |
| rows | a row of the inbox → an event |
| routing | to which case a webhook belongs |
"""
