// Which show of the season is on? The service has written the table; this keeps it true.

import { watch } from "./live.mjs";
import { html, render } from "./parts.mjs";
import * as screen from "./screens.mjs";

const RENEW_MS = 10_000;
const renew = screen.renewing("#shows", RENEW_MS);
const signs = document.getElementById("signs");

const signature = (doc) =>
  [doc.show, ...screen.rows(doc.shows).map((show) => `${show.id} ${show.phase} ${show.go_live} ${show.title}`)].join("\n");

screen.dress();
watch("stage", (live) => {
  render(html`<${screen.Signs} live=${live} zone=${screen.zone(live.doc?.season.zone ?? "UTC")} />`, signs);
  if (live.doc) renew(signature(live.doc));
});
