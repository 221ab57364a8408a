// How long until it starts, over the picture? Nothing at all while idle, lost or in doubt: viewers see this.

import { watch } from "./live.mjs";
import { html, render } from "./parts.mjs";
import * as screen from "./screens.mjs";

const TO = screen.choice("to", ["live", "segment"], "live");
const COLOUR = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
const LINGER_SECONDS = 3; // 00:00 is seen, and goes

function colour(name, otherwise) {
  const found = COLOUR.exec(screen.text(name));
  return found ? `#${found[1]}` : otherwise;
}

const style = document.documentElement.style;
style.setProperty("--font-size", `${screen.number("size", 8, 1000, 120)}px`);
style.setProperty("--font-weight", String(screen.number("weight", 100, 900, 700)));
style.setProperty("--colour", colour("colour", "#ffffff"));
style.setProperty("--shadow", screen.flag("shadow", true) ? "0 2px 12px #000c, 0 0 2px #000" : "none");
style.setProperty("--back", colour("back", "transparent"));
style.setProperty("--margin", `${screen.number("margin", 0, 1000, 40)}px`);
const AT = screen.choice(
  "at",
  ["top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"],
  "center",
);
const WITHIN = screen.number("within", 0, 86400, 3600); // seconds before, from which it is seen
const LABEL = screen.text("label");

let last = "";

function Overlay({ live }) {
  const doc = live.link === "live" ? screen.wanted(live.doc) : null;
  const goal = doc && screen.goal(doc, TO);
  const left = goal ? screen.until(goal.at, live.now()) : -Infinity;
  const isSeen = left >= -LINGER_SECONDS && left <= WITHIN && !(doc.is_held && TO === "segment");
  if (isSeen) last = screen.count(Math.max(left, 0)).digits; // what fades out is what was seen last
  return html`<div class="overlay at-${AT} ${isSeen ? "is-seen" : ""}" aria-hidden=${!isSeen}>
    <div class="plate">
      ${LABEL && html`<div class="label"><${screen.Typed}>${LABEL}<//></div>`}
      <div class="digits">${last}</div>
    </div>
  </div>`;
}

const place = document.getElementById("screen");
watch("stage", (live) => render(html`<${Overlay} live=${live} />`, place));
