"""Every template's sites in a real Chromium: what people see, hear, press and print, and what is fetched for it.

`sites` builds them from the example briefings, `serving` sends them with their own headers, `browser` and `tab`
drive Chromium over its DevTools protocol; `walk`, `keys` and `paper` look at one page, `markup` asks two
validators, `lighthouse` is Google's measure, `shots` keeps pictures. `tools` fetches what of this is not there.
"""
