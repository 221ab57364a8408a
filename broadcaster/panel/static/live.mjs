// How does a page know the running show? One socket: the whole document first, then numbered changes.

import { learn } from "./zones.mjs";

const STALE_MS = 7000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
const MOST_LETTERS = 400;
const MOST_IN_NOTES = 4000;
const SIGN_IN = 4401;
const NOT_ALLOWED = 4403;

/**
 * @typedef {object} Live
 * @property {Record<string, any> | undefined} doc the screen document; never changed in place
 * @property {"connecting" | "live" | "stale"} link
 * @property {number} staleSeconds since the service was last heard, in real seconds
 * @property {"" | "sign_in" | "not_allowed"} refused why the service will not let this page in
 * @property {number} pace how many seconds of the show pass in one real second
 * @property {() => Date} now the show's clock
 */

/**
 * Watch the show; returns a function that ends it.
 * @param {"desk" | "stage"} view
 * @param {(live: Live) => void} onChange called at each change, and each second of the show
 * @returns {() => void}
 */
export function watch(view, onChange) {
  const time = showTime();
  /** @type {WebSocket | undefined} */
  let socket;
  /** @type {Live["refused"]} */
  let refused = "";
  let doc, number, heardAt;
  let wait = FIRST_WAIT_MS;
  let retry = 0, beat = 0, isOver = false;
  const openedAt = performance.now();

  function connect() {
    clearTimeout(retry);
    number = undefined; // what comes on a new socket starts with the whole
    const mine = new WebSocket(address(view));
    socket = mine;
    mine.onmessage = (event) => mine === socket && hear(JSON.parse(event.data, brief));
    mine.onclose = (event) => mine === socket && lose(event.code);
  }

  function hear(said) {
    if (said.full) {
      doc = said.full;
    } else if (said.n !== number) {
      if (number === undefined || !said.patch || said.n !== number + 1) return again(); // something was missed
      doc = patched(doc, said.patch);
    }
    learn(doc?.zones);
    number = said.n;
    heardAt = performance.now();
    refused = "";
    wait = FIRST_WAIT_MS;
    time.set(said.now, said.pace ?? 1);
    tell();
  }

  function lose(code) {
    socket = undefined;
    if (code === SIGN_IN || code === NOT_ALLOWED) refused = code === SIGN_IN ? "sign_in" : "not_allowed";
    clearTimeout(retry);
    const next = refused ? LONGEST_WAIT_MS : wait;
    if (!isOver) retry = setTimeout(connect, next * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    tell();
  }

  function again() {
    const old = socket;
    socket = undefined;
    old?.close();
    lose(0);
  }

  function silence() {
    return performance.now() - (heardAt ?? openedAt);
  }

  function tell() {
    if (isOver) return;
    clearTimeout(beat);
    beat = setTimeout(tell, time.toNextSecond());
    const isSilent = silence() > STALE_MS;
    if (isSilent && socket?.readyState === WebSocket.OPEN) return again(); // an open socket that says nothing is dead
    const link = isSilent ? "stale" : doc && socket?.readyState === WebSocket.OPEN ? "live" : "connecting";
    onChange({ doc, link, staleSeconds: Math.floor(silence() / 1000), refused, pace: time.pace(), now: time.now });
  }

  function wake() { // a phone that slept has missed what was said meanwhile
    if (document.visibilityState === "visible" && silence() > STALE_MS) {
      wait = FIRST_WAIT_MS;
      again();
    }
  }

  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  connect();
  tell();
  return () => {
    isOver = true;
    clearTimeout(retry);
    clearTimeout(beat);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
    socket?.close();
  };
}

/** No text so long that a browser takes seconds to break it into lines: a title of 10,000 letters is cut. */
function brief(name, value) {
  const most = name === "notes" ? MOST_IN_NOTES : MOST_LETTERS;
  if (typeof value !== "string" || value.length <= most) return value;
  return `${value.slice(0, most).replace(/[\ud800-\udbff]$/, "")}\u2026`;
}

/** The socket's address, with the link token that the page itself was opened with. */
function address(view) {
  const url = new URL("/api/v1/live", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("view", view);
  const link = new URLSearchParams(location.search).get("link");
  if (link) url.searchParams.set("link", link);
  return url;
}

/**
 * JSON Merge Patch (RFC 7396), which leaves the target as it is and shares what did not change.
 * @param {any} target @param {any} patch
 */
export function patched(target, patch) {
  if (!isObject(patch)) return patch;
  const made = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete made[name];
    else Object.defineProperty(made, name, { // also for a segment that is called "__proto__"
      value: patched(Object.hasOwn(made, name) ? made[name] : undefined, value),
      configurable: true, enumerable: true, writable: true,
    });
  }
  return made;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The show's clock, from what the service said and the browser's steady clock; never from the device's time of day.
 * A message that was long on its way would set it back, so the earliest word counts, unless the clock was moved.
 */
export function showTime() {
  const JUMP_MS = 400, FORGET_MS = 2;
  let base, pace = 1;
  const steady = () => performance.now();
  return {
    set(said, newPace) {
      const heard = new Date(said).getTime() - steady() * newPace;
      const isSame = base !== undefined && newPace === pace && Math.abs(heard - base) < JUMP_MS * newPace;
      base = isSame ? Math.max(heard, base - FORGET_MS) : heard;
      pace = newPace;
    },
    now: () => new Date(base === undefined ? Date.now() : base + steady() * pace),
    pace: () => pace,
    toNextSecond() { // at most four times a second, however fast a rehearsal runs
      const past = base === undefined ? 0 : (base + steady() * pace) % 1000;
      return Math.max((1000 - past) / pace + 5, 250);
    },
  };
}
