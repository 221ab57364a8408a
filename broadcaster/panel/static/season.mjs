// Which show of the season is on? The service has written the table; this marks where we are.

import { watch } from "./live.mjs";
import { clock, html, render } from "./parts.mjs";
import * as screen from "./screens.mjs";

const RELOAD_MS = 15_000;
let written = null;
let askedAt = -RELOAD_MS;

const signature = (doc) =>
  screen
    .rows(doc.shows)
    .map((show) => `${show.id} ${show.phase} ${show.go_live} ${show.title}`)
    .concat(doc.show)
    .join("\n");

function show(live) {
  const { doc } = live;
  const zone = doc && screen.zone(doc.season.zone);
  render(
    html`<${screen.Rehearsal} doc=${doc} /><${screen.Trust} live=${live} />
      ${doc && html`<p class="now-clock"><span class="digits">${clock(live.now(), zone)}</span> ${screen.city(zone)}</p>`}`,
    document.getElementById("signs"),
  );
  if (!doc) return;
  const now = signature(doc);
  written ??= now;
  if (now !== written) renew(now);
}

/** Something of a show has changed: take the table anew from the service. */
async function renew(now) {
  if (performance.now() - askedAt < RELOAD_MS) return;
  askedAt = performance.now();
  const answered = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answered?.ok) return;
  const page = new DOMParser().parseFromString(await answered.text(), "text/html");
  const shows = page.getElementById("shows");
  if (!shows) return;
  document.getElementById("shows").replaceWith(document.importNode(shows, true));
  written = now;
}

screen.dress();
watch("stage", show);
