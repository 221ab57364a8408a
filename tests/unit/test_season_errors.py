"""Every mistake in a season file has its own message, at its own line and column."""

# ruff: noqa: E501 - messages are compared whole

from pathlib import Path

import pytest

from broadcaster.adapters.files import load_season
from broadcaster.season.errors import SeasonError

BASE = """\
[season]
id = "test"
title = "Test"
timezone = "Asia/Almaty"
languages = ["kk", "en"]

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"

[audiences.italy]
timezone = "Europe/Rome"
language = "en"

[[show]]
id = "day-1"
title = "Opening night"
date = 2027-10-20
go_live = "19:00"
destinations = ["main"]

  [[show.segment]]
  id = "opening"
  title = "Opening film"
  scene = "Film"
  duration = "6m"

  [[show.segment]]
  id = "runway"
  title = "Collection one"
  scene = "Runway"
  duration = "12m"
  start = "19:30"

[[announcement]]
id = "tonight"
at = { days_before = 0, time = "10:00", zone = "audience" }
audiences = ["italy"]
channels = ["telegram"]
text.en = "{{ show.title }}"
"""

SECOND = """
[[show]]
id = "day-2"
title = "b"
date = 2027-10-20
go_live = "19:20"
destinations = ["main"]
segment = [{ id = "a", title = "a", scene = "a", duration = "1h" }]
"""

EMPTY = """
[[show]]
id = "day-2"
title = "b"
date = 2027-10-21
go_live = "19:00"
destinations = ["main"]
"""

Edits = list[tuple[str, str]]

# what -> (replace this by that in BASE, what is said of it)
MISTAKES: dict[str, tuple[Edits, list[str]]] = {
    "an unknown key": (
        [('title = "Opening film"', 'titel = "x"\n  title = "Opening film"')],
        ["28:3: error: this segment has no key 'titel' (did you mean 'title'?)"],
    ),
    "an unknown table": (
        [("[audiences.italy]", "[audience.italy]")],
        ["15:2: error: the file has no key 'audience' (did you mean 'audiences'?)"],
    ),
    "a number for a text": (
        [('title = "Opening night"', "title = 5")],
        ["21:9: error: 'title' must be text in quotes, not the number 5"],
    ),
    "a text for a table": (
        [('kind = "youtube"', 'kind = "youtube"\n[rooms]\nzoom = "x"')],
        ["15:8: error: 'zoom' must be a table, not 'x'"],
    ),
    "a text for a list": (
        [('destinations = ["main"]', 'destinations = "main"')],
        ["24:16: error: 'destinations' must be a list in [ ], not 'main'"],
    ),
    "a text for a flag": (
        [('kind = "youtube"', 'kind = "youtube"\ndvr = "yes"')],
        ["14:7: error: 'dvr' must be true or false, not 'yes'"],
    ),
    "a word that is no choice": (
        [('kind = "youtube"', 'kind = "youtub"')],
        ["13:8: error: 'kind' must be youtube, facebook, instagram or rtmp, not 'youtub' (did you mean 'youtube'?)"],
    ),
    "a wrong choice in an inline table": (
        [('duration = "6m"', 'duration = "6m"\n  late = { grace = "30s", then = "skipp" }')],
        ["31:34: error: 'then' must be fire, skip, ask or fallback, not 'skipp' (did you mean 'skip'?)"],
    ),
    "a missing key of a table": ([('kind = "youtube"\n', "")], ["12:1: error: [destinations.main] has no 'kind'"]),
    "a missing key of one of many tables": (
        [('  scene = "Runway"\n', "")],
        ["32:3: error: this segment has no 'scene'"],
    ),
    "a missing key of an inline table": (
        [('duration = "6m"', 'duration = "6m"\n  lower_third = { subtitle = "x" }')],
        ["31:17: error: [show.segment.lower_third] has no 'title'"],
    ),
    "a number for a duration": (
        [('"6m"', "6")],
        ['30:14: error: \'duration\': a duration needs a unit, and 6 has none (write "6s" or "6m")'],
    ),
    "a duration without a unit": (
        [('"6m"', '"6"')],
        ["30:14: error: 'duration': '6' is not a duration (write \"6s\" or \"6m\")"],
    ),
    "a negative duration": ([('"6m"', '"-6m"')], ["30:14: error: 'duration': a duration cannot be negative: '-6m'"]),
    "a zero duration": ([('"6m"', '"0s"')], ["30:14: error: 'duration': a duration must be longer than zero"]),
    "a clock time without its zero": (
        [('"19:00"', '"9:00"')],
        ["23:11: error: 'go_live': '9:00' is not a clock time (write \"09:00\")"],
    ),
    "a clock time that no clock shows": (
        [('"19:00"', '"25:00"')],
        ["23:11: error: 'go_live': '25:00' is not a clock time (write it like \"19:00\" or \"19:00:30\")"],
    ),
    "a date in another order": (
        [("2027-10-20", '"20.10.2027"')],
        ["22:8: error: 'date': '20.10.2027' is not a date (write year-month-day: 2027-10-20)"],
    ),
    "a date of another century": (
        [("2027-10-20", "1027-10-20")],
        ["22:8: error: 'date': the year must lie between 2000 and 2100, not 1027"],
    ),
    "an id with a blank": (
        [('id = "day-1"', 'id = "day 1"')],
        ["20:6: error: 'id': 'day 1' is not a name made of letters a-z, digits and '-' (64 at most) (write 'day-1')"],
    ),
    "an unknown zone": (
        [('"Asia/Almaty"', '"Asia/Almati"')],
        ["4:12: error: 'timezone': there is no time zone 'Asia/Almati' (did you mean 'Asia/Almaty'?)"],
    ),
    "a city for a zone": (
        [('"Europe/Rome"', '"rome"')],
        ["16:12: error: 'timezone': there is no time zone 'rome' (did you mean 'Europe/Rome'?)"],
    ),
    "an offset for a zone": (
        [('"Asia/Almaty"', '"UTC+5"')],
        [
            "4:12: error: 'timezone': there is no time zone 'UTC+5' (write a place, such as 'Asia/Almaty': an offset does not know when clocks change)"
        ],
    ),
    "a country for a language": (
        [('["kk", "en"]', '["kz", "en"]')],
        [
            "5:14: error: item 1 of 'languages': 'kz' is not a language ('kz' is a country; did you mean the language 'kk'?)"
        ],
    ),
    "a hidden character": (
        [('title = "Opening night"', 'title = "Open\\u001b[2J"')],
        ["21:9: error: 'title': holds the hidden character U+001B: 'Open\\u001b[2J' (delete it)"],
    ),
    "an empty title": ([('title = "Opening night"', 'title = ""')], ["21:9: error: 'title': must not be empty"]),
    "a repeated show id": (
        [
            (
                "\n[[announcement]]",
                SECOND.replace("day-2", "day-1").replace("2027-10-20", "2027-10-21") + "\n[[announcement]]",
            )
        ],
        ["40:6: error: the id 'day-1' is taken: show 1 has it already"],
    ),
    "a repeated segment id": (
        [('id = "runway"', 'id = "opening"')],
        ["33:8: error: the id 'opening' is taken: segment 1 has it already"],
    ),
    "a reserved segment id": (
        [('id = "runway"', 'id = "standby"')],
        ["33:8: error: 'standby' is the name of a scene of [scenes], and cannot be a segment's id"],
    ),
    "two shows on one encoder": (
        [("\n[[announcement]]", SECOND + "\n[[announcement]]")],
        [
            "43:11: error: show 'day-2' needs encoder 'main' from 2027-10-20 19:10:00, while show 'day-1' holds it until 19:42:15: an overlap of 32m15s (move one, or give it another encoder)"
        ],
    ),
    "a segment that runs into a wall": (
        [('"6m"', '"33m"')],
        [
            "37:11: error: the segments before 'runway' last until 19:33, 3m past its hard start at 19:30 (shorten them by 3m or move the start)"
        ],
    ),
    "a hard start before its show": (
        [('"19:30"', '"18:30"')],
        ["37:11: error: the hard start 18:30 of 'runway' is before its show, which goes live at 19:00"],
    ),
    "hard starts out of order": (
        [('duration = "6m"', 'duration = "6m"\n  start = "19:40"')],
        ["38:11: error: the hard start 19:30 of 'runway' is before 19:40, the hard start of 'opening' above it"],
    ),
    "an unknown destination": (
        [('destinations = ["main"]', 'destinations = ["mian"]')],
        ["24:17: error: there is no destination 'mian' (did you mean 'main'?)"],
    ),
    "two YouTube destinations": (
        [('destinations = ["main"]\n', 'destinations = ["main", "second"]\n[destinations.second]\nkind = "youtube"\n')],
        [
            "24:25: error: show 'day-1' has several YouTube destinations: main and second (a show is one broadcast on one channel)"
        ],
    ),
    "an unknown audience": (
        [('audiences = ["italy"]', 'audiences = ["itali"]')],
        ["42:14: error: there is no audience 'itali' (did you mean 'italy'?)"],
    ),
    "an unknown channel": (
        [('["telegram"]', '["telegrem"]')],
        ["43:13: error: there is no channel 'telegrem' (did you mean 'telegram'?)"],
    ),
    "an unknown show": (
        [('audiences = ["italy"]', 'audiences = ["italy"]\nshows = ["day-3"]')],
        ["43:10: error: there is no show 'day-3' (did you mean 'day-1'?)"],
    ),
    "a text in a language of nobody": (
        [("text.en =", 'text.ru = "x"\ntext.en =')],
        [
            "44:6: error: announcement 'tonight' has a text in 'ru', which is not among the season's languages kk and en (add it to languages in [season])"
        ],
    ),
    "an audience with a language of its own": (
        [('language = "en"', 'language = "it"')],
        [
            "17:12: error: audience 'italy' reads 'it', which is not among the season's languages kk and en (add it to languages in [season])",
        ],
    ),
    "an unknown guest": (
        [('duration = "6m"', 'duration = "6m"\n  guests = ["x"]')],
        ["31:13: error: there is no guest 'x' (the file has no [[guest]])"],
    ),
    "an unknown room": (
        [("[[announcement]]", '[[guest]]\nid = "g"\nname = "G"\nroom = "zoom"\n\n[[announcement]]')],
        ["42:8: error: there is no room 'zoom' (the file has no [rooms.NAME])"],
    ),
    "a local time that a clock change skips": (
        [
            (
                'date = 2027-10-20\ngo_live = "19:00"',
                'timezone = "Europe/Brussels"\ndate = 2027-03-28\ngo_live = "02:30"',
            )
        ],
        [
            "24:11: error: 2027-03-28 02:30 does not exist in Europe/Brussels: the clocks go forward 60 min then; write 03:30 or a time before the change"
        ],
    ),
    "a local time that a clock change repeats": (
        [
            (
                'date = 2027-10-20\ngo_live = "19:00"',
                'timezone = "Europe/Brussels"\ndate = 2027-10-31\ngo_live = "02:30"',
            )
        ],
        [
            '24:11: error: 2027-10-31 02:30 happens twice in Europe/Brussels: at 00:30Z and at 01:30Z; say which with fold = "earlier" or fold = "later"'
        ],
    ),
    "a post at a time that its audience skips": (
        [("date = 2027-10-20\ngo_live", "date = 2027-03-28\ngo_live"), ('"10:00"', '"02:30"')],
        [
            "41:6: error: announcement 'tonight' for show 'day-1', italy: 2027-03-28 02:30 does not exist in Europe/Rome: the clocks go forward 60 min then; write 03:30 or a time before the change"
        ],
    ),
    "an empty rundown": (
        [("\n[[announcement]]", EMPTY + "\n[[announcement]]")],
        ["39:1: error: show 'day-2' has an empty rundown (add a [[show.segment]])"],
    ),
    "a sheet and segments": (
        [('destinations = ["main"]\n', 'destinations = ["main"]\nrundown = "day-1.csv"\n')],
        ["25:11: error: show 'day-1' has both a rundown sheet and [[show.segment]] tables (keep one of them)"],
    ),
    "a sheet that is not read": (
        [("\n[[announcement]]", EMPTY + 'rundown = "day-2.csv"\n\n[[announcement]]')],
        ["45:11: error: the sheet 'day-2.csv' is not read by this version (write the segments as [[show.segment]])"],
    ),
    "a fold without a wall": (
        [('duration = "6m"', 'duration = "6m"\n  fold = "later"')],
        ["31:10: error: 'fold' means nothing without 'start'"],
    ),
    "an announcement by an unknown zone": (
        [('zone = "audience"', 'zone = "Rome"')],
        ["41:6: error: 'at': there is no time zone 'Rome' (did you mean 'Europe/Rome'?)"],
    ),
    "an announcement to audiences and languages": (
        [("text.en", 'languages = ["en"]\ntext.en')],
        ["44:13: error: announcement 'tonight' names audiences and languages (keep one of them)"],
    ),
    "a language without a text": (
        [('audiences = ["italy"]\n', 'languages = ["kk"]\n'), ('zone = "audience"', 'zone = "show"')],
        ["42:14: error: announcement 'tonight' has no text in 'kk' (add text.kk)"],
    ),
    "an audience named twice": (
        [('audiences = ["italy"]', 'audiences = ["italy", "italy"]')],
        ["42:23: error: audience 'italy' is named twice"],
    ),
    "a title that YouTube refuses": (
        [('kind = "youtube"', 'kind = "youtube"\ntitle = "<b>x</b>"')],
        ["14:9: error: the title of 'main' for show 'day-1' holds < or >, which YouTube refuses"],
    ),
    "a season without a show": (
        [(BASE[BASE.index("[[show]]") :], "")],
        ["1:1: error: the season has no show (add a [[show]])"],
    ),
    "several errors at once": (
        [
            ('title = "Opening night"', "title = 5"),
            ('duration = "6m"', 'duration = "x"'),
            ('["main"]', '["x"]'),
            ("text.en =", "text.ru ="),
        ],
        [
            "21:9: error: 'title' must be text in quotes, not the number 5",
            "24:17: error: there is no destination 'x' (there are: main)",
            '30:14: error: \'duration\': \'x\' is not a duration (write it like "45s", "12m" or "1h30m")',
            "44:6: error: announcement 'tonight' has a text in 'ru', which is not among the season's languages kk and en (add it to languages in [season])",
        ],
    ),
    "a name in a text that is not there": (
        [("{{ show.title }}", "{{ shw.title }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: 'shw' is undefined; did you mean 'show'?"
        ],
    ),
    "a fact in a text that is not there": (
        [("{{ show.title }}", "{{ show.titel }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: there is no 'titel' here; did you mean 'title'?"
        ],
    ),
    "a filter in a text that is not there": (
        [("{{ show.title }}", "{{ go_live | local_tme }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: line 1 of the text: there is no filter 'local_tme'; did you mean 'local_time'?"
        ],
    ),
    "a text that reaches for the machine": (
        [("{{ show.title }}", "{{ ''.__class__.__mro__ }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: access to attribute '__class__' of 'str' object is unsafe."
        ],
    ),
    "a text with a broken brace": (
        [("{{ show.title }}", "{{ show.title }")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: line 1 of the text: a single } ends it: two do, as in {{ show.title }}"
        ],
    ),
    "a text that is too long for Telegram": (
        [("{{ show.title }}", "" + "x" * 4097 + "")],
        ["44:11: error: the text in 'en' for show 'day-1', italy, is 4097 characters long; Telegram takes 4096"],
    ),
    "an announcement before and after its day": (
        [("days_before = 0,", "days_before = 0, days_after = 1,")],
        [
            '41:6: error: \'at\': says days_before and days_after, but an announcement has one time (write { days_before = 0, time = "10:00", zone = "audience" }, { days_after = 1, time = "10:00" }, { before = "15m" }, { after = "5m" }, { when = "live" } or { segment = "*" })'
        ],
    ),
    "an announcement without a day": (
        [("days_before = 0, ", "")],
        ["41:6: error: 'at': has 'time' and no day (add days_before = 0 for the day of the show, or days_after = 1)"],
    ),
    "an announcement without a clock time": (
        [('days_before = 0, time = "10:00"', "days_after = 0")],
        ["41:6: error: 'at': has 'days_after' and no 'time' (add time = \"10:00\")"],
    ),
    "a clock time with a span": (
        [('{ days_before = 0, time = "10:00", zone = "audience" }', '{ after = "5m", time = "10:00" }')],
        ["41:6: error: 'at': 'time' means nothing with 'after' (it goes with days_before and days_after)"],
    ),
    "an announcement at no time": (
        [('{ days_before = 0, time = "10:00", zone = "audience" }', "{ }")],
        [
            '41:6: error: \'at\': says no time (write { days_before = 0, time = "10:00", zone = "audience" }, { days_after = 1, time = "10:00" }, { before = "15m" }, { after = "5m" }, { when = "live" } or { segment = "*" })'
        ],
    ),
    "an announcement of a fact that there is not": (
        [('{ days_before = 0, time = "10:00", zone = "audience" }', '{ when = "delay" }')],
        [
            "41:15: error: 'when' must be live, ended, delayed or cancelled, not 'delay' (did you mean 'delayed'?)",
        ],
    ),
    "an announcement of a segment that there is not": (
        [('{ days_before = 0, time = "10:00", zone = "audience" }', '{ segment = "runaway" }')],
        ["41:18: error: there is no segment 'runaway' (did you mean 'runway'?)"],
    ),
    "a post's rule that is for scenes": (
        [('channels = ["telegram"]', 'channels = ["telegram"]\nlate = { then = "fallback" }')],
        ["44:17: error: 'then' must be fire, skip or ask, not 'fallback'"],
    ),
    "a picture that is no picture": (
        [('channels = ["telegram"]', 'channels = ["telegram"]\npicture = "crd"')],
        ["44:11: error: 'picture': 'crd' is no PNG or JPEG file (did you mean 'card'?)"],
    ),
    "quiet hours that are none": (
        [('language = "en"', 'language = "en"\nquiet = { from = "22:00", to = "22:00" }')],
        [
            '18:9: error: \'quiet\': begins and ends at 22:00: that is no time at all, or all day (write two times, such as from = "22:00", to = "08:00")'
        ],
    ),
    "quiet hours without an end": (
        [('language = "en"', 'language = "en"\nquiet = { from = "22:00", too = "08:00" }')],
        [
            "18:9: error: [audiences.italy.quiet] has no 'to'",
            "18:27: error: [audiences.italy.quiet] has no key 'too' (did you mean 'to'?)",
        ],
    ),
    "quiet hours that end when the clock is repeated": (
        [
            ('language = "en"', 'language = "en"\nquiet = { from = "22:00", to = "02:30" }'),
            ("date = 2027-10-20", "date = 2027-10-31"),
            ('time = "10:00"', 'time = "01:00"'),
        ],
        [
            "18:9: error: announcement 'tonight' for show 'day-1', italy waits for the end of the quiet hours: 2027-10-31 02:30 happens twice in Europe/Rome: at 00:30Z and at 01:30Z; say which with fold = \"earlier\" or fold = \"later\""
        ],
    ),
    "quiet hours that end when there is no such time": (
        [
            ('language = "en"', 'language = "en"\nquiet = { from = "22:00", to = "02:30" }'),
            ("date = 2027-10-20", "date = 2027-03-28"),
            ('time = "10:00"', 'time = "01:00"'),
        ],
        [
            "18:9: error: announcement 'tonight' for show 'day-1', italy waits for the end of the quiet hours: 2027-03-28 02:30 does not exist in Europe/Rome: the clocks go forward 60 min then; write 03:30 or a time before the change"
        ],
    ),
    "a name in a language that the season has not": (
        [('title = "Opening night"', 'title = { kk = "Ашылу кеші", ru = "Открытие" }')],
        [
            "21:30: error: show 'day-1' has a title in 'ru', which is not among the season's languages kk and en (add it to languages in [season])"
        ],
    ),
    "a name in no language": (
        [('title = "Opening night"', 'title = { kz = "Ашылу кеші" }')],
        ["21:11: error: 'kz': 'kz' is not a language ('kz' is a country; did you mean the language 'kk'?)"],
    ),
    "a country that there is not": (
        [("[[announcement]]", '[[guest]]\nid = "g"\nname = "G"\ncountry = "KX"\n\n[[announcement]]')],
        ["42:11: error: there is no country 'KX' (write its code of two letters, such as KZ, or its name)"],
    ),
    "a plural with too few forms": (
        [("{{ show.title }}", "{{ 5 | plural('designer', 'designers', 'x') }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: 'plural' takes 2 forms in 'en' (those for 1 and 2), or one for every number; here are 3"
        ],
    ),
    "a filter on what it is not for": (
        [("{{ show.title }}", "{{ show.title | local_time }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: 'local_time' takes an instant such as go_live, not the text 'Opening night'"
        ],
    ),
    "a whole show in a text": (
        [("{{ show.title }}", "{{ show }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: here stands a whole show, season or segment; write .title behind it"
        ],
    ),
    "a segment in a text that is told of none": (
        [("{{ show.title }}", "{{ segment.title }}")],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, does not render: 'segment' is undefined; a text knows its segment with at = { segment = \"*\" } alone"
        ],
    ),
    "a title with a mistake": (
        [('text.en = "{{ show.title }}"', 'text.en = "x"\ntitle.en = "{{ sho.title }}"')],
        [
            "45:12: error: the title in 'en' for show 'day-1', italy, does not render: 'sho' is undefined; did you mean 'show'?"
        ],
    ),
    "a post of a segment that has no guest": (
        [
            ('{ days_before = 0, time = "10:00", zone = "audience" }', '{ segment = "*" }'),
            ("{{ show.title }}", "{{ segment.designer }}"),
        ],
        ["44:11: error: the text in 'en' for show 'day-1', italy, is empty"],
    ),
    "a text that is too long beside its picture": (
        [("{{ show.title }}", "x" * 1025), ('["telegram"]', '["telegram"]\npicture = "card"')],
        [
            "45:11: error: the text in 'en' for show 'day-1', italy, is 1025 characters long; Telegram takes 1024 beside a picture"
        ],
    ),
    "a text that is too long for YouTube's chat": (
        [("{{ show.title }}", "" + "x" * 201 + ""), ('["telegram"]', '["telegram", "youtube-chat"]')],
        [
            "44:11: error: the text in 'en' for show 'day-1', italy, is 201 characters long; a line in YouTube's chat takes 200"
        ],
    ),
    "a line for a chat that is closed": (
        [
            ('{ days_before = 0, time = "10:00", zone = "audience" }', '{ when = "ended" }'),
            ('["telegram"]', '["youtube-chat"]'),
        ],
        [
            "43:13: error: announcement 'tonight' goes to the live chat when the show has ended: it is closed then (keep the other channels)"
        ],
    ),
    "a title that is too long for YouTube": (
        [('kind = "youtube"', 'kind = "youtube"\ntitle = "' + "x" * 101 + '"')],
        ["14:9: error: the title of 'main' for show 'day-1' is 101 characters long; YouTube takes 100"],
    ),
    "an announcement with two times": (
        [('{ days_before = 0, time = "10:00", zone = "audience" }', '{ before = "15m", when = "live" }')],
        [
            '41:6: error: \'at\': says before and when, but an announcement has one time (write { days_before = 0, time = "10:00", zone = "audience" }, { days_after = 1, time = "10:00" }, { before = "15m" }, { after = "5m" }, { when = "live" } or { segment = "*" })'
        ],
    ),
    "an announcement by the clock of no audience": (
        [('audiences = ["italy"]\n', "")],
        [
            "41:6: error: announcement 'tonight' goes by its audience's clock, but names no audience (add audiences, or zone = \"show\")"
        ],
    ),
    "a broadcast created after standby": (
        [("date = 2027-10-20", 'prepare = "5m"\ndate = 2027-10-20')],
        [
            "22:11: error: the broadcast would be created 5m before go-live, after the standby scene goes up (10m before) (make prepare at least as long as standby)"
        ],
    ),
    "a time in a word": (
        [('at = { days_before = 0, time = "10:00", zone = "audience" }', 'at = "ended"')],
        [
            '41:6: error: \'at\' must be a table, not \'ended\' (write { days_before = 0, time = "10:00", zone = "audience" }, { days_after = 1, time = "10:00" }, { before = "15m" }, { after = "5m" }, { when = "live" } or { segment = "*" })'
        ],
    ),
    "a text of no language": (
        [("text.en = ", "text = ")],
        [
            "44:8: error: 'text' must be a table, not '{{ show.title }}' (write text.en = \"...\", one for each language)"
        ],
    ),
    "quiet hours in a word": (
        [('language = "en"', 'language = "en"\nquiet = "22:00-08:00"')],
        ["18:9: error: 'quiet' must be a table, not '22:00-08:00' (write { from = \"22:00\", to = \"08:00\" })"],
    ),
    "quotes inside a text": (
        [("text.en = ", 'text.en = "{{ 2 | plural("x", "y") }}"\n#')],
        [
            "44:27: error: not valid TOML: expected newline or end of document after a statement (a quote inside a text ends it: write the other one, ' or \", around the text)"
        ],
    ),
    "a text in the language of a country": (
        [("text.en = ", 'text.kz = "x"\ntext.en = ')],
        [
            "44:6: error: announcement 'tonight' has a text in 'kz', which is not among the season's languages kk and en ('kz' is a country; did you mean the language 'kk'?)"
        ],
    ),
    "an unquoted clock time": (
        [('"19:00"', "19:00")],
        [
            '23:13: error: not valid TOML: expected newline or end of document after a statement (write it in quotes: "19:00")'
        ],
    ),
    "an unquoted duration": (
        [('"6m"', "6m")],
        [
            '30:15: error: not valid TOML: expected newline or end of document after a statement (write it in quotes: "6m")'
        ],
    ),
    "a key given twice": (
        [('title = "Test"', 'title = "Test"\ntitle = "Again"')],
        ["4:16: error: not valid TOML: this key already has a value above"],
    ),
    "a table given twice": (
        [("[destinations.main]", "[scenes]\n[destinations.main]")],
        ["12:8: error: not valid TOML: the table [scenes] is already there above"],
    ),
    "an unfinished text": (
        [('title = "Test"', 'title = "Test')],
        ["3:14: error: not valid TOML: the text does not end on its line: a quote is missing"],
    ),
}


def written(path: Path, edits: Edits) -> Path:
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def said(path: Path) -> list[str]:
    with pytest.raises(SeasonError) as caught:
        load_season(path, channels={"telegram"})
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_at_its_place(mistake: str, tmp_path: Path) -> None:
    edits, expected = MISTAKES[mistake]
    assert said(written(tmp_path / "season.toml", edits)) == expected


def test_the_season_without_mistakes_is_read(tmp_path: Path) -> None:
    season = load_season(written(tmp_path / "season.toml", []), channels={"telegram"})
    assert [show.id for show in season.shows] == ["day-1"]


def test_the_live_chat_is_a_channel_without_settings(tmp_path: Path) -> None:
    season = load_season(
        written(tmp_path / "season.toml", [('["telegram"]', '["youtube-chat"]')]), channels={"telegram"}
    )
    assert season.announcements[0].channels == ("youtube-chat",)


def test_channels_are_not_checked_when_the_settings_are_not_known(tmp_path: Path) -> None:
    load_season(written(tmp_path / "season.toml", [('["telegram"]', '["telegrem"]')]))


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "season.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    load_season(path)
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("youtube", "youtub").replace("\n", "\r\n").encode())
    assert said(path)[0].startswith("13:8: error: 'kind' must be")


def test_bytes_that_are_not_utf8_are_told_by_offset_and_line(tmp_path: Path) -> None:
    path = tmp_path / "season.toml"
    path.write_bytes('[season]\nid = "x"\ntitle = "Қы'.encode() + b'\xff"\n')
    assert said(path) == ["3:12: error: byte 31 (0xff) is not UTF-8 (save the file as UTF-8)"]
    path.write_text("[season]", encoding="utf-16-le")
    path.write_bytes(b"\xff\xfe" + path.read_bytes())
    assert said(path) == ["1:1: error: byte 0 (0xff) is not UTF-8 (the file looks like UTF-16: save it as UTF-8)"]


def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "season.toml"
    path.write_bytes(b"#" * 10_000_000)
    assert said(path) == [" error: the file is larger than 2 MB (is this the season file?)"]


def test_a_file_that_is_not_there_is_told_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "season-x.toml").touch()
    hint = f"did you mean '{tmp_path / 'season-x.toml'}'?"
    assert said(tmp_path / "season-y.toml") == [f" error: there is no such file ({hint})"]


def test_a_directory_is_told(tmp_path: Path) -> None:
    assert said(tmp_path) == [" error: this is a directory; name a file in it"]


def test_lists_nested_without_end_are_told(tmp_path: Path) -> None:
    path = tmp_path / "season.toml"
    path.write_text("a = " + "[" * 100_000, encoding="utf-8")
    assert said(path) == [" error: not valid TOML: tables or lists are nested too deeply"]


def test_an_empty_file_lacks_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "season.toml"
    path.touch()
    assert said(path) == [
        "1:1: error: the file has no 'season'",
        "1:1: error: the file has no 'scenes'",
        "1:1: error: the season has no show (add a [[show]])",
    ]
