// How long until it happens? One huge number, reckoned from the server's instant each time anew.

import { watch } from "./live.mjs";
import { clock, html, render, t, tn } from "./parts.mjs";
import * as screen from "./screens.mjs";

const TO = screen.choice("to", ["live", "segment", "wall", "end"], "");
const HAS_CLOCK = screen.flag("clock");
const HAS_LABEL = screen.flag("label", true);
const BEFORE_LIVE_SECONDS = 900; // the bar before go-live fills over the last quarter of an hour

const CLOSE_SECONDS = 60; // amber from here, or in the last third of something short

const label = (goal) =>
  ({
    live: t("Live in"),
    segment: t("This segment ends in"),
    wall: t("The next wall is in"),
    end: t("The show ends in"),
  })[goal.kind];

const overLabel = (goal) =>
  ({
    live: t("Should be live since"),
    segment: t("This segment is over by"),
    wall: t("The wall has passed by"),
    end: t("The show is over by"),
  })[goal.kind];

const whole = (goal) => (goal.from ? (Date.parse(goal.at) - Date.parse(goal.from)) / 1000 : BEFORE_LIVE_SECONDS);

function share(goal, left) {
  const seconds = whole(goal);
  return seconds > 0 ? Math.min(Math.max(1 - left / seconds, 0), 1) : 1;
}

function Digits({ digits }) {
  return html`<div class="digits" style=${{ "--letters": digits.length }}>${digits}</div>`;
}

function Idle({ doc }) {
  const words = screen.isOver(doc.phase)
    ? doc.phase === "cancelled" ? t("The show did not take place") : t("The show is over")
    : { live: t("The show is live"), wall: t("No wall is left") }[TO] ?? t("Nothing to wait for");
  return html`<main class="count count-idle"><p class="idle">${words}</p></main>`;
}

function Clock({ live, zone }) {
  const now = clock(live.now(), zone);
  return html`<p class="wall-clock"><span class="tabular">${now}</span> <span>${screen.city(zone)}</span></p>`;
}

function Count({ live, zone }) {
  const { doc } = live;
  const goal = screen.goal(doc, TO);
  if (!goal) return html`<${Idle} doc=${doc} />`;
  const left = screen.until(goal.at, live.now());
  const { days, digits } = screen.count(left);
  const isOver = left < 0;
  const isHeld = doc.is_held && goal.kind !== "live";
  const isClose = left <= Math.min(CLOSE_SECONDS, whole(goal) / 3);
  const state = isOver ? "is-over" : isHeld ? "is-held" : isClose ? "is-close" : "";
  return html`<main class="count ${state}">
    ${HAS_LABEL &&
    html`<p class="what">${isOver ? overLabel(goal) : label(goal)}</p>
      <p class="whose"><${screen.Typed}>${goal.title}<//></p>`}
    ${days > 0 && html`<p class="days">${tn("{count} day", "{count} days", days)}</p>`}
    <${Digits} digits=${digits} />
    <p class="word" aria-live="polite">${isOver ? t("OVER") : isHeld ? t("ON HOLD") : "\u00a0"}</p>
    <div class="bar" role="presentation"><div class="bar-fill" style=${{ "--share": share(goal, left) }}></div></div>
    <p class="at"><span class="tabular">${clock(new Date(goal.at), zone)}</span> ${screen.city(zone)}</p>
  </main>`;
}

function Countdown({ live }) {
  const { doc } = live;
  const zone = doc && screen.zone(doc.zone);
  return html`<${screen.Screen} live=${live} name="countdown">
    ${HAS_CLOCK && html`<${Clock} live=${live} zone=${zone} />`}
    <${Count} live=${live} zone=${zone} />
  <//>`;
}

screen.dress();
screen.stayAwake();
const place = document.getElementById("screen");
watch("stage", (live) => render(html`<${Countdown} live=${{ ...live, doc: screen.wanted(live.doc) }} />`, place));
