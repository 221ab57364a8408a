// Which posts does the season have, and how do they stand? What the API tells, kept true by the live document.
import { t, told, useEffect, useRef, useState } from "./parts.mjs";
import { offsetAt } from "./zones.mjs";

const PAUSE_MS = { desk: 1000, stage: 5000 };
const AT_LEAST_EVERY_MS = { desk: 60_000, stage: 10_000 }; // a screen is not told of every post
const PATIENCE_MS = 10_000;
const QUIET_MS = 900;

/** Standings that nothing follows any more by itself. */
const ENDED = ["out", "corrected", "skipped", "failed"];

/** @typedef {Record<string, any> & {id: string, show: string, at: string, standing: string}} Post */

export const asks = (post) => post.standing === "asks" || post.standing === "unknown";
/** It goes out if its show is delayed or cancelled, which has not happened: it has no instant. */
export const isOnlyIf = (post) => post.standing === "only_if";
export const isOver = (post) => ENDED.includes(post.standing);

/**
 * Every post by its id, in order of its instant; undefined until the service has told them.
 * @param {any} live @param {"desk" | "stage"} view
 * @returns {{posts?: Map<string, Post>, error?: string, renew: () => void}}
 */
export function usePosts(live, view) {
  const [found, setFound] = useState({});
  const asked = useRef({ at: -Infinity, said: "", timer: 0, isAsking: false, isWanted: false });
  const doc = live?.doc;

  async function ask() {
    const mine = asked.current;
    if (mine.isAsking) return void (mine.isWanted = true);
    Object.assign(mine, { isAsking: true, isWanted: false, at: performance.now() });
    try {
      const answered = await fetch(address(), { signal: AbortSignal.timeout(PATIENCE_MS) });
      const { posts: all, error, said } = await answered.json();
      const text = JSON.stringify(all); // what is as it was is not drawn anew
      if (!answered.ok) setFound((before) => ({ ...before, error: told(said) || error }));
      else if (text !== mine.said) setFound({ all });
      else setFound((before) => (before.error ? { all: before.all } : before));
      if (answered.ok) mine.said = text;
    } catch {
      mine.isWanted = true; // meanwhile the page says that it is connecting, or that it is old
    }
    mine.isAsking = false;
    if (mine.isWanted) soon();
  }
  function soon() {
    const mine = asked.current;
    clearTimeout(mine.timer);
    mine.timer = setTimeout(ask, Math.max(0, mine.at + PAUSE_MS[view] - performance.now()));
  }
  useEffect(() => {
    if (doc) soon();
  }, [doc?.revision, doc?.seq, doc?.posts, doc?.shows, doc?.show, doc?.phase, live?.link === "live"]);
  useEffect(() => {
    const every = setInterval(soon, AT_LEAST_EVERY_MS[view]);
    return () => (clearInterval(every), clearTimeout(asked.current.timer));
  }, []);

  const made = useRef({});
  if (made.current.all !== found.all || made.current.now !== doc?.posts) {
    const posts = found.all && new Map(found.all.map((post) => [post.id, withNews(post, doc?.posts?.[post.id])]));
    made.current = { all: found.all, now: doc?.posts, posts };
  }
  return { posts: made.current.posts, error: found.error, renew: soon };
}

/** What the live document says of a post is newer than what was asked for. */
function withNews(post, news) {
  return news?.standing ? { ...post, standing: news.standing, at: news.at ?? post.at } : post;
}

/** With the link token that the page itself was opened with. */
function address() {
  const url = new URL("/api/v1/posts", location.href);
  const link = new URLSearchParams(location.search).get("link");
  if (link) url.searchParams.set("link", link);
  return url;
}

// -- order -----------------------------------------------------------------------------------------------------------

export const FILTERS = ["show", "channel", "audience", "standing"];

/** Whom a post is for: the audience, or else the readers of the language. @param {Post} post */
export const readerOf = (post) => post.audience || post.language;

const valueOf = { show: (post) => post.show, channel: (post) => post.channel, audience: readerOf, standing: (post) => post.standing };

/** What can be chosen in a filter, each once. @param {Iterable<Post>} posts */
export const choicesOf = (posts, name) => [...new Set([...posts].map(valueOf[name]))].filter(Boolean);

/** @param {Iterable<Post>} posts @param {Record<string, string>} chosen */
export const filtered = (posts, chosen) =>
  [...posts].filter((post) => FILTERS.every((name) => !chosen[name] || valueOf[name](post) === chosen[name]));

/** What became of a post, the newest first. @param {Post} post */
export function historyOf(post) {
  if (!post.posted_at) return [];
  const changes = [...(post.corrections ?? [])].reverse();
  const first = changes.at(-1)?.before;
  return [
    ...changes.map((each) => ({ at: each.at, what: each.how === "follow" ? t("Corrected by another post") : t("Corrected"), text: each.text, before: each.before })),
    { at: post.posted_at, what: t("Sent"), text: first },
  ];
}

/** Standings of what does not go out by itself as its time comes. */
const NOT_NEXT = ["held", "only_if", "will_skip"];

const byInstant = (one, other) => one.at.localeCompare(other.at) || one.id.localeCompare(other.id);

/**
 * How the posts stand on the page: who asks, what is to come, by show and day with the next one first and what may never
 * be last, and what is over.
 * @param {Post[]} posts @param {(post: Post) => string} zoneOf the zone whose days are meant
 */
export function arranged(posts, zoneOf) {
  const sorted = [...posts].sort(byInstant);
  const coming = sorted.filter((post) => !isOver(post) && !asks(post));
  return {
    asking: sorted.filter(asks).map((post) => post.id),
    next: coming.find((post) => !NOT_NEXT.includes(post.standing))?.id ?? "",
    coming: groups(coming, zoneOf),
    over: groups(sorted.filter(isOver).reverse(), zoneOf),
  };
}

function groups(posts, zoneOf) {
  const shows = new Map();
  for (const post of posts) {
    if (!shows.has(post.show)) shows.set(post.show, { days: new Map(), onlyIf: [] });
    const { days, onlyIf } = shows.get(post.show);
    if (isOnlyIf(post)) {
      onlyIf.push(post.id);
      continue;
    }
    const day = dateOf(post.at, zoneOf(post));
    days.set(day, [...(days.get(day) ?? []), post.id]);
  }
  return [...shows].map(([show, { days, onlyIf }]) => ({ show, days: [...days].map(([day, ids]) => ({ day, ids })), onlyIf }));
}

// -- names ----------------------------------------------------------------------------------------------------------

/** Months, weekdays and languages in the reader's language, from the service: browsers do not know them all. */
const names = JSON.parse(document.getElementById("announcements")?.dataset.names ?? "{}");

/** A date as the reader's language has it. @param {string} date such as "2027-10-20" @param {"short" | "long" | "month" | "day"} how */
export function dayName(date, how = "short") {
  const at = new Date(`${date}T12:00:00Z`);
  const [month, weekday] = [at.getUTCMonth(), (at.getUTCDay() + 6) % 7];
  const [year, day] = [at.getUTCFullYear(), at.getUTCDate()];
  if (how === "month") return t("{month} {year}", { month: names.months_alone[month], year });
  if (how === "day") return t("{day} {month}", { day, month: names.months_short[month] });
  if (how === "long") return t("{weekday}, {day} {month} {year}", { weekday: names.days[weekday], day, month: names.months[month], year });
  return t("{weekday} {day} {month}", { weekday: names.days_short[weekday], day, month: names.months_short[month] });
}

export const weekdays = names.days_short ?? [];

/** A language in the words of the reader. @param {string} code */
export const languageName = (code) => names.languages[code] ?? code;

// -- days ------------------------------------------------------------------------------------------------------------

/** The date on a zone's clock: "2027-10-20". @param {string} at @param {string} zone */
export function dateOf(at, zone) {
  const date = new Date(at);
  const minutes = offsetAt(zone, date);
  if (minutes !== undefined) return new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 10);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(date);
}

/** "UTC+5:30", from an instant as it is written on a clock: "2027-10-20T19:00:00+05:30". @param {string | undefined} local */
export function offsetIn(local) {
  const [, sign, hours, minutes] = local?.match(/([+-])(\d\d):(\d\d)$/) ?? [];
  if (!sign || (hours === "00" && minutes === "00")) return "UTC";
  return `UTC${sign === "-" ? "\u2212" : "+"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}

// -- under a finger --------------------------------------------------------------------------------------------------

/**
 * The newest value, but not while somebody is pointing or pressing: what they aim at stays where it is.
 * @template T
 * @param {T} newest @param {string} asked what the person chose themselves; when that changes, nothing is held back
 * @returns {T}
 */
export function useCalm(newest, asked) {
  const kept = useRef({ value: newest, asked });
  const touched = useRef({ at: -Infinity, isDown: false });
  useEffect(() => {
    const mine = touched.current;
    const on = (event) => {
      mine.at = performance.now();
      if (event.type === "pointerdown") mine.isDown = true;
      if (event.type === "pointerup" || event.type === "pointercancel") mine.isDown = false;
    };
    const kinds = ["pointerdown", "pointerup", "pointercancel", "pointermove", "keydown", "wheel"];
    for (const kind of kinds) addEventListener(kind, on, { passive: true, capture: true });
    return () => kinds.forEach((kind) => removeEventListener(kind, on, { capture: true }));
  }, []);
  const { at, isDown } = touched.current;
  const isBusy = isDown || performance.now() - at < QUIET_MS || document.querySelector("dialog[open]");
  if (!isBusy || asked !== kept.current.asked || !kept.current.value) kept.current = { value: newest, asked };
  return kept.current.value;
}
