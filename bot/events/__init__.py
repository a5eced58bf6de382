"""Meaning, all of it pure: what arrived, as one Event or as Ignored with the reason.

| module | what it holds |
|---|---|
| model | the Event union: everything that can happen, timers, claims and journal lines included |
| payload | models of what we read in GitHub's webhooks |
| github | a webhook → an event |
| rows | a row of the inbox → an event |
| routing | to which case a webhook belongs |
"""
