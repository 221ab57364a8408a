// What every page is built from: Preact, the words of the reader's language, times as a crew reads them, icons.
import { Component, h, render } from "./vendor/preact.mjs";
import { useEffect, useMemo, useRef, useState } from "./vendor/hooks.mjs";
import htm from "./vendor/htm.mjs";
import { offsetAt } from "./zones.mjs";

export const html = htm.bind(h);
export { h, render, useEffect, useMemo, useRef, useState };

/** The language of the page, as the service chose it. */
export const language = document.documentElement.lang || "en";

/** The options of the page's address, such as {size: "big"}. @type {Record<string, string>} */
export const options = JSON.parse(document.documentElement.dataset.options || "{}");

/** @type {{words?: Record<string, string | string[]>, cities?: Record<string, string>}} */
const { words: catalog = {}, cities = {} } = await spoken();

async function spoken() {
  if (language === "en") return {};
  try {
    const said = await fetch(`/words/${language}.json`);
    return said.ok ? await said.json() : {};
  } catch {
    return {}; // a page in English is better than none
  }
}

/**
 * A sentence in the reader's language: t("Held by {who}", {who: "Aliya"}).
 * @param {string} text the English sentence, which is the key of the catalog
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(text, values) {
  return fill(translated(text), values);
}

function translated(text) {
  const found = catalog[text];
  return (Array.isArray(found) ? found[0] : found) || text;
}

/**
 * What the service says, in the reader's language; what is no sentence of its own stays as it is.
 * @param {string | {text: string, said: string, with?: Record<string, any>} | undefined} sentence
 * @returns {string}
 */
export function told(sentence) {
  if (typeof sentence !== "object") return sentence ?? "";
  if (language === "en" && !sentence.said.includes("`")) return sentence.text;
  if (SPAN.test(sentence.said)) return spanned(sentence.said);
  const values = Object.fromEntries(Object.entries(sentence.with ?? {}).map(([name, value]) => [name, told(value)]));
  return fill(pressed(translated(sentence.said)), values);
}

/** Orders as a page gives them: the service says `resume --lane posts`, as it is typed, and here a button has a name. */
function pressed(text) {
  const buttons = {
    go: t("GO"), take: t("Take"), hold: t("Hold"), resume: t("Resume"), skip: t("Skip"), delay: t("Delay"), extend: t("Extend"),
    "post edit": t("Edit"), "post send": t("Send now"), "post skip": t("Leave out"), "post sent": t("It is out"), "post again": t("Send it again"),
  };
  const [opened, closed] = language === "en" ? ["\u201c", "\u201d"] : ["\u00ab", "\u00bb"];
  return text.replace(/`(go|take|hold|resume|skip|delay|extend|post \w+)( [^`-][^`]*| -\d[^`]*)?[^`]*`/g,
    (typed, word, span = "") => (word in buttons ? `${opened}${buttons[word]}${span}${closed}` : typed));
}

const SPAN = /^[+-]?(\d+[dhms])+$/;

/** A span as the API writes it, "+1h30m", with the reader's units. @param {string} text */
export function spanned(text) {
  if (language === "en") return text;
  const units = { d: t("{count}d"), h: t("{count}h"), m: t("{count}m"), s: t("{count}s") };
  const parts = [...text.matchAll(/(\d+)([dhms])/g)].map(([, count, unit]) => fill(units[unit], { count }));
  return `${text.match(/^[+-]?/)[0].replace("-", "\u2212")}${parts.join(" ")}`;
}

/** gettext's places of the plural forms; a language that is not here has one and other. */
const FORMS = { ru: { one: 0, few: 1, many: 2, other: 2 } };
const plural = new Intl.PluralRules(language);

/**
 * A sentence with a number: tn("{count} segment moves", "{count} segments move", 3).
 * @param {string} one @param {string} many @param {number} count @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function tn(one, many, count, values) {
  const forms = catalog[one];
  const category = plural.select(count);
  const known = Array.isArray(forms) && forms[(FORMS[language] ?? { one: 0, other: 1 })[category] ?? 0];
  return fill(known || (count === 1 ? one : many), { count, ...values });
}

/** Marks that turn the direction of all that follows; a name that holds one may not turn the sentence around it. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

function fill(text, values) {
  const said = (whole, name) => (Object.hasOwn(values, name) ? String(values[name]).replace(TURNING, "") : whole);
  return values ? text.replace(/\{(\w+)\}/g, said) : text;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

function format(zone, parts) {
  const key = `${zone} ${JSON.stringify(parts)}`;
  let made = formats.get(key);
  if (!made) {
    const shape = { hourCycle: "h23", ...parts };
    try {
      made = new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: zone });
    } catch { // a zone that this browser does not know
      made = new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC", timeZoneName: "short" });
    }
    formats.set(key, made);
  }
  return made;
}

/**
 * A time of day by the clock of a zone, 24 hours: "19:42:07", or "19:42" without seconds.
 * @param {Date | string | undefined} at a Date, or an RFC 3339 instant
 * @param {string} zone
 * @param {{seconds?: boolean}} [how]
 */
export function clock(at, zone, { seconds = true } = {}) {
  const date = asDate(at);
  if (!date) return seconds ? "--:--:--" : "--:--";
  const parts = { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) };
  const there = wall(date, zone);
  return format(there.zone, parts).format(there.date);
}

/** What the zone's clock shows, to be written as of UTC; where the service has said nothing of it, the browser knows. */
function wall(date, zone) {
  const minutes = offsetAt(zone, date);
  return minutes === undefined ? { date, zone } : { date: new Date(date.getTime() + minutes * 60_000), zone: "UTC" };
}

/** A day and time: "Wed 20 Oct, 19:00". @param {Date | string | undefined} at @param {string} zone */
export function day(at, zone) {
  const date = asDate(at);
  if (!date) return "";
  const there = wall(date, zone);
  const shown = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", timeZone: there.zone });
  return `${shown.format(there.date)}, ${clock(date, zone, { seconds: false })}`;
}

/** A zone as people say it: "Almaty, UTC+5". @param {string} zone @param {Date} [at] */
export function zoneName(zone, at = new Date()) {
  const city = cities[zone] ?? zone.split("/").at(-1).replaceAll("_", " ");
  const minutes = offsetAt(zone, at);
  if (minutes !== undefined) return `${city}, ${offsetName(minutes)}`;
  const offset = format(zone, { timeZoneName: "shortOffset" }).formatToParts(at).find((p) => p.type === "timeZoneName");
  return offset ? `${city}, ${offset.value.replace("GMT", "UTC")}` : city;
}

/** "UTC", "UTC+5", "UTC-3:30". @param {number} minutes */
function offsetName(minutes) {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  if (!minutes) return "UTC";
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/**
 * A span of time: "04:12", "1:04:12", "-00:30".
 * @param {number | undefined} seconds
 * @param {{signed?: boolean}} [how] signed: "+00:30" where it is not zero
 */
export function span(seconds, { signed = false } = {}) {
  if (seconds === undefined || Number.isNaN(seconds)) return "--:--";
  const whole = Math.round(Math.abs(seconds));
  const sign = seconds < 0 && whole ? "\u2212" : signed && whole ? "+" : "";
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${sign}${hours ? `${hours}:${two(minutes)}` : two(minutes)}:${two(whole % 60)}`;
}

/** Seconds from `now` to an instant, negative when it is past. @param {Date | string | undefined} at @param {Date} now */
export function until(at, now) {
  const date = asDate(at);
  return date ? Math.round((date.getTime() - now.getTime()) / 1000) : undefined;
}

/** Seconds as the API writes a span, to whole minutes from one minute on: "1h5m", "40s"; see `spanned`. @param {number} seconds */
export function spanOf(seconds) {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.round(whole / 60);
  return [[Math.floor(minutes / 60), "h"], [minutes % 60, "m"]].filter(([count]) => count).map(([count, unit]) => `${count}${unit}`).join("");
}

function asDate(at) {
  const date = typeof at === "string" ? new Date(at) : at;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

/**
 * The entries of an object that is keyed by id, in their order.
 * @template T
 * @param {Record<string, T & {order?: number}> | undefined} collection
 * @returns {[string, T][]}
 */
export function inOrder(collection) {
  const place = ([key, value]) => (typeof value === "number" ? value : value?.order ?? Number(key));
  return Object.entries(collection ?? {}).sort((one, other) => place(one) - place(other));
}

/**
 * A component that is drawn anew only when one of its properties is another one.
 * Documents share what has not changed, so a part of one may be compared by identity.
 * @param {(props: any) => any} draw
 */
export function still(draw) {
  class Still extends Component {
    shouldComponentUpdate(next) {
      const [had, has] = [Object.keys(this.props), Object.keys(next)];
      return had.length !== has.length || has.some((name) => next[name] !== this.props[name]);
    }
    render() {
      return h(draw, this.props);
    }
  }
  Still.displayName = draw.name;
  return Still;
}

const SHAPES = {
  onair: ["M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z"],
  next: ["M4 2.500 13 8l-9 5.500z"],
  wall: ["M3 1.500h2.500v13H3zM7 3h6.500l-2 2.500 2 2.500H7z"],
  hand: ["M5.500 2h1.800v5h.9V1.500H10V7h.9V2.800h1.600V10c0 3-1.700 5-4.500 5-2.300 0-3.500-1.200-4.600-3.600L2 8.600l1.500-.8 2 2.200z"],
  done: ["M6.300 12.300 2.200 8.200l1.500-1.500 2.600 2.600 6-6 1.500 1.500z"],
  warn: ["M8 1.500 15.500 14.500H.5zM7.100 6v4.200h1.800V6zM7.100 11.300v1.700h1.800v-1.700z"],
  pause: ["M3.500 2.500h3.200v11H3.500zM9.300 2.500h3.200v11H9.300z"],
  skip: ["M2 3l6 5-6 5zM8 3l6 5-6 5z"],
  lock: ["M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7zM6 7h4V5a2 2 0 0 0-4 0z"],
  unlock: ["M4 7V5a4 4 0 0 1 7.800-1.200l-1.900.6A2 2 0 0 0 6 5v2h7v8H3V7z"],
  dropped: ["M3 7h10v2H3z"],
  coming: ["M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM8 4.700a3.300 3.300 0 1 1 0 6.600A3.300 3.300 0 0 1 8 4.700z"],
  menu: ["M2 3.500h12v1.600H2zM2 7.200h12v1.600H2zM2 10.900h12v1.600H2z"],
  close: ["M3.200 4.600 4.600 3.200 8 6.600l3.400-3.400 1.400 1.400L9.400 8l3.400 3.400-1.400 1.400L8 9.400l-3.400 3.400-1.400-1.400L6.600 8z"],
};

/** A small picture beside a word; the word is what is read aloud. @param {keyof typeof SHAPES} name */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${SHAPES[name].map((path) => html`<path d=${path} fill-rule="evenodd" />`)}
  </svg>`;
}
