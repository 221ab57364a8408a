// What do all the screens backstage share: options from their address, what the document says of now and next, and
// loud words where it cannot be trusted.

import { clock, html, icon, inOrder, options, span, t, until } from "./parts.mjs";
import { isKnown } from "./zones.mjs";

// -- options: in the address, so that a screen is a bookmark; what is unknown or wrong is left aside ------------------

const TEXT_LETTERS = 200;

export const text = (name) => String(options[name] ?? "").slice(0, TEXT_LETTERS);
export const choice = (name, choices, otherwise) => (choices.includes(options[name]) ? options[name] : otherwise);
export const flag = (name, otherwise = false) =>
  ["1", "yes", "true", "on"].includes(options[name]) || (otherwise && !["0", "no", "false", "off"].includes(options[name]));

export function number(name, least, most, otherwise) {
  const asked = Number.parseFloat(options[name]);
  return Number.isFinite(asked) ? Math.min(Math.max(asked, least), most) : otherwise;
}

export function zone(otherwise) {
  if (!options.zone) return otherwise;
  if (isKnown(options.zone)) return options.zone;
  try {
    new Intl.DateTimeFormat("en", { timeZone: options.zone });
    return options.zone;
  } catch {
    return otherwise;
  }
}

/** Put size and colours of the address on the page. */
export function dress() {
  const root = document.documentElement;
  root.style.setProperty("--size", String(number("size", 30, 300, 100) / 100));
  root.dataset.theme = choice("theme", ["dark", "light"], "dark");
}

/** Remember an option in the address of this page, without a new entry in the browser's history. */
export function keep(name, value) {
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

// -- what the document says -----------------------------------------------------------------------------------------

const AHEAD = ["planned", "preparing", "ready", "standby"];

export const isAhead = (phase) => AHEAD.includes(phase);
export const isOver = (phase) => ["done", "missed", "cancelled"].includes(phase);
export const rows = (collection) => inOrder(collection).map(([id, each]) => ({ id, ...each }));

/** The document as this screen wants it: of the show that `?show=` names, as far as is known of one that is not on. */
export function wanted(doc) {
  const asked = options.show;
  const line = doc?.shows && Object.hasOwn(doc.shows, asked) ? doc.shows[asked] : undefined;
  if (!line || asked === doc.show) return doc;
  const { season, rehearsal, shows } = doc;
  const { title, phase, zone: itsZone, go_live, live_at, end } = line;
  return {
    season, rehearsal, shows, show: asked, title, phase, zone: itsZone, go_live, live_at, planned_end: end,
    expected_end: end, is_live: phase === "live", is_held: false, rundown: {},
  };
}

/** The segment on air with when it began and until when it lasts, or null. */
export function current(doc) {
  const segment = doc.current && doc.rundown?.[doc.current.id];
  return segment && !isOver(doc.phase) ? { ...segment, ...doc.current } : null;
}

/** The segment that comes next with when, or null. */
export function coming(doc) {
  const segment = doc.next && doc.rundown?.[doc.next.id];
  return segment && !isOver(doc.phase) ? { ...segment, ...doc.next } : null;
}

/** The next wall of the rundown, or null. */
export const wall = (doc) => rows(doc.rundown).find((each) => each.is_wall && each.standing === "coming") ?? null;

/** What a count runs to: `{at, from?, title}`; null where there is nothing to wait for. */
export function goal(doc, to) {
  const onAir = current(doc);
  const goals = {
    live: () => isAhead(doc.phase) && doc.go_live && { at: doc.go_live, title: doc.title, kind: "live" },
    segment: () => onAir?.until && { at: onAir.until, from: onAir.since, title: onAir.title, kind: "segment" },
    wall: () => wall(doc) && { at: wall(doc).start, from: onAir?.since, title: wall(doc).title, kind: "wall" },
    end: () =>
      !isOver(doc.phase) &&
      doc.expected_end && { at: doc.expected_end, from: doc.live_at, title: doc.title, kind: "end" },
  };
  if (to in goals) return goals[to]() || null;
  return goals.live() || goals.segment() || goals.end() || null;
}

/** `04:12`, and with days before it where there are any. */
export function count(seconds) {
  const days = Math.floor(Math.abs(seconds) / 86400);
  if (!days) return { days: 0, digits: span(seconds) };
  const rest = Math.abs(seconds) % 86400;
  return { days, digits: span(rest).padStart(7, "0:00:00") };
}

export { until };
export const city = (name) => name.split("/").at(-1).replaceAll("_", " ");

/** The words of a show's phase. */
export const phase = (name) =>
  ({
    planned: t("planned"),
    preparing: t("being prepared"),
    ready: t("prepared"),
    standby: t("standby"),
    live: t("live"),
    closing: t("closing"),
    done: t("finished"),
    missed: t("did not take place"),
  })[name] ?? name;

// -- signs ------------------------------------------------------------------------------------------------------------

/** A loud bar while what the screen shows is not known to be true; nothing while it is. */
export function Trust({ live }) {
  if (live.refused === "sign_in") {
    return html`<div class="lost" role="alert">${icon("warn")} ${t("This screen is signed out.")} <a href="/signin">${t("Sign in")}</a></div>`;
  }
  if (live.refused) {
    return html`<div class="lost" role="alert">${icon("warn")} ${t("This screen may not see the show: ask for another link.")}</div>`;
  }
  if (live.link === "live") return null;
  const words = !live.doc
    ? t("Connecting to the show …")
    : t("No connection for {span}: what you see is old", { span: span(live.staleSeconds) });
  return html`<div class="lost" role="alert">${icon("warn")} ${words}</div>`;
}

/** What stands on every page of a rehearsal. */
export const Rehearsal = ({ doc }) =>
  doc?.rehearsal ? html`<div class="rehearsal-frame"></div><p class="rehearsal-word">${t("REHEARSAL")}</p>` : null;

/** Whether the show runs by itself: on every page, as the desk has it. */
const Hands = ({ doc }) => doc && html`<p class=${`hands ${doc.is_automatic ? "" : "is-manual"}`} data-mark="hands">
  ${icon(doc.is_automatic ? "done" : "hand")} ${doc.is_automatic ? t("AUTO") : t("MANUAL")}</p>`;

/** Text that somebody typed: it cannot turn the reading direction of what stands beside it. */
export const Typed = ({ children, className }) => html`<bdi class=${className}>${children}</bdi>`;

/** A class for text that is too long to be as large as usual. */
export const fit = (words) => ((words?.length ?? 0) > 44 ? "is-long" : "");

/** A screen with its signs; its contents are drawn once there is a document. */
export function Screen({ live, name, children }) {
  const doubt = live.link === "live" ? "" : "is-doubtful";
  return html`<div class="screen screen-${name} ${doubt}">
    <${Rehearsal} doc=${live.doc} />
    <${Trust} live=${live} />
    <${Hands} doc=${live.link === "live" ? live.doc : null} />
    ${live.doc ? children : null}
  </div>`;
}

// -- pages that the service has written -------------------------------------------------------------------------------

/** Gives a function that takes a part of this page anew from the service once it was written for something else. */
export function renewing(selector, pauseMs) {
  let written = null;
  let askedAt = -pauseMs;
  return async (now) => {
    written ??= now;
    if (now === written || performance.now() - askedAt < pauseMs) return;
    askedAt = performance.now();
    const answered = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answered?.ok) return; // asked again after the pause
    const fresh = new DOMParser().parseFromString(await answered.text(), "text/html").querySelector(selector);
    if (!fresh) return;
    document.querySelector(selector).replaceWith(document.importNode(fresh, true));
    written = now;
  };
}

/** The clock and the signs of such a page. */
export const Signs = ({ live, zone }) =>
  html`<${Rehearsal} doc=${live.doc} /><${Trust} live=${live} />
    ${live.doc && html`<p class="now-clock"><${Hands} doc=${live.link === "live" ? live.doc : null} /><span class="digits">${clock(live.now(), zone)}</span> ${city(zone)}</p>`}`;

// -- the screen itself ------------------------------------------------------------------------------------------------

let ask;

/** Keep the screen lit while the page is seen; `onChange` is told whether it is kept. False: this browser cannot. */
export function stayAwake(onChange = () => {}) {
  if (!("wakeLock" in navigator)) return false;
  if (!ask) document.addEventListener("visibilitychange", () => ask()); // a hidden page loses its lock
  ask = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      onChange(true);
      lock.addEventListener("release", () => onChange(false));
    } catch {
      onChange(false); // such as a battery that is nearly empty
    }
  };
  ask();
  return true;
}
