"""A rehearsal with a panel, and a page in a browser source: is each lower third shown there, and each once?"""

import asyncio
import json
import re
import sys
from datetime import date
from pathlib import Path

from aiohttp import ClientSession

from tests.season_text import head, segment, show

SEASON = head("named", "Named", ("kk",), standby="5m", closing="10s") + show(
    "tonight",
    "Tonight",
    date(2027, 10, 20),
    "19:00",
    segment("first", "First", "Film", "1m", lower_third={"title": "Айгерім", "subtitle": "Өскемен"}),
    segment("second", "Second", "Runway", "1m", lower_third={"title": "Chiara"}),
)
ADDRESS = re.compile(r"REHEARSAL: .*(http://127\.0\.0\.1:\d+)")
PATIENCE = 120.0


async def test_a_rehearsal_shows_each_lower_third_on_an_open_page(tmp_path: Path) -> None:
    (tmp_path / "season.toml").write_text(SEASON, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "broadcaster", "rehearse", "season.toml", "--panel", "0", "--speed", "60", "--json"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    heard: list[str] = []
    async with asyncio.timeout(PATIENCE), ClientSession(headers={"Authorization": "Bearer rehearsal"}) as session:
        found = None
        while found is None:
            line = (await process.stderr.readline()).decode()
            assert line, "it ended before it said where its panel is"
            found = ADDRESS.search(line)
        async with session.ws_connect(f"{found[1]}/api/v1/overlay") as page:
            async for message in page:
                said = message.json()
                if "id" in said:
                    heard.append(said.get("show", {}).get("title", ""))
                    await page.send_json({"id": said["id"]})
        out, _ = await process.communicate()
    assert process.returncode == 0
    assert heard == ["Айгерім", "", "Chiara", ""]
    cues = {cue["id"]: cue for cue in json.loads(out)["shows"][0]["cues"] if cue["lane"] == "graphics"}
    assert {cue["end"] for cue in cues.values()} == {"done"}
    assert len(cues) == 4
    assert max(cue["late_seconds"] for cue in cues.values()) < 2
