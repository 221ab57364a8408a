// The month with its shows and posts, each on its local day; on a phone a list of the days.
import { clock, html, icon, inOrder, t, tn, useEffect, useState } from "./parts.mjs";
import { phaseName } from "./names.mjs";
import { dateOf, dayName, isOnlyIf, isOver, weekdays } from "./posts.mjs";
import { Reader, Standing } from "./post_table.mjs";

const MOST_IN_A_DAY = 4;
const NARROW = "(max-width: 700px)";

const addDays = (date, days) => new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const addMonths = (month, by) => {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 15)).toISOString().slice(0, 7);
};

/** The weeks of a month, Monday first, with the days around it. @param {string} month such as 2027-10 */
export function weeksOf(month) {
  const first = `${month}-01`;
  const weekday = (new Date(`${first}T12:00:00Z`).getUTCDay() + 6) % 7;
  const weeks = [];
  for (let day = addDays(first, -weekday); day.slice(0, 7) <= month; day = addDays(day, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, place) => addDays(day, place)));
  }
  return weeks;
}

/** What is on which day. @param {any[]} posts @param {any} doc @param {boolean} isOwn each post on its readers' clock */
function byDay(posts, doc, isOwn, shown) {
  const days = new Map();
  const put = (day, kind, each) => {
    if (!days.has(day)) days.set(day, { shows: [], posts: [] });
    days.get(day)[kind].push(each);
  };
  for (const [id, show] of inOrder(doc.shows)) {
    if (!shown || shown === id) put(dateOf(show.live_at ?? show.go_live, show.zone), "shows", { id, ...show });
  }
  for (const post of posts) put(dateOf(post.at, isOwn ? post.zone : doc.shows?.[post.show]?.zone ?? doc.zone), "posts", post);
  for (const day of days.values()) day.posts.sort((one, other) => one.at.localeCompare(other.at));
  return days;
}

function useNarrow() {
  const [isNarrow, set] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const asked = matchMedia(NARROW);
    const on = () => set(asked.matches);
    asked.addEventListener("change", on);
    return () => asked.removeEventListener("change", on);
  }, []);
  return isNarrow;
}

/** @param {any} props `posts` as they were filtered; `keep` remembers a choice in the address */
export function Calendar({ posts, doc, now, next, asked, shown, keep, onOpen }) {
  const isOwn = asked.clock === "readers";
  const isNarrow = useNarrow();
  const [unfolded, unfold] = useState("");
  const dated = posts.filter((post) => !isOnlyIf(post));
  const days = byDay(dated, doc, isOwn, shown);
  const today = dateOf(now.toISOString(), doc.zone);
  const known = [...days.keys(), today].map((day) => day.slice(0, 7)).sort();
  const coming = dated.filter((post) => !isOver(post)).map((post) => post.at).sort()[0];
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(asked.month ?? "") ? asked.month : dateOf(coming ?? doc.go_live ?? now.toISOString(), doc.zone).slice(0, 7);
  const go = (to) => keep("month", to);
  const title = dayName(`${month}-15`, "month");
  const zoneOf = (post) => (isOwn ? post.zone : doc.shows?.[post.show]?.zone ?? doc.zone);
  const shared = { zoneOf, next, onOpen };
  return html`<section class="calendar" aria-labelledby="month">
    <header>
      <button type="button" class="square" aria-label=${t("The month before")} disabled=${month <= known[0]} onClick=${() => go(addMonths(month, -1))}>\u2190</button>
      <h2 id="month" aria-live="polite">${title}</h2>
      <button type="button" class="square" aria-label=${t("The month after")} disabled=${month >= known.at(-1)} onClick=${() => go(addMonths(month, 1))}>\u2192</button>
      <button type="button" disabled=${month === today.slice(0, 7)} onClick=${() => go(today.slice(0, 7))}>${t("Today")}</button>
      <span class="space"></span>
      <div class="switch" role="group" aria-label=${t("Whose clock")}>
        ${[["show", t("Show's clock")], ["readers", t("Readers' clock")]].map(([name, said]) => html`<button type="button" key=${name} data-clock=${name} aria-pressed=${isOwn === (name === "readers")} onClick=${() => keep("clock", name === "readers" ? name : "")}>${said}</button>`)}
      </div>
    </header>
    ${isNarrow ? html`<${Days} month=${month} days=${days} today=${today} ...${shared} />` : html`<table class="month">
      <thead><tr>${weekdays.map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr></thead>
      <tbody>${weeksOf(month).map((week) => html`<tr key=${week[0]}>${week.map((day) => {
        const on = days.get(day);
        const isLong = on?.posts.length > MOST_IN_A_DAY + 1; // a button takes the place of one
        const most = !isLong || unfolded === day ? Infinity : MOST_IN_A_DAY;
        return html`<td key=${day} data-day=${day} data-other=${!day.startsWith(month)} aria-current=${day === today ? "date" : undefined}>
          <time class="number" datetime=${day} aria-label=${dayName(day)}>${Number(day.slice(8))}</time>
          ${on && html`<${Day} on=${on} most=${most} ...${shared} />`}
          ${isLong && html`<button type="button" class="small plain" aria-expanded=${unfolded === day} onClick=${() => unfold(unfolded === day ? "" : day)}>${
            unfolded === day ? t("Fewer") : t("{count} more", { count: on.posts.length - MOST_IN_A_DAY })}</button>`}
        </td>`;
      })}</tr>`)}</tbody>
    </table>`}
    ${dated.length < posts.length && html`<p class="faint only-if">${tn("{count} post that goes out only if a show is delayed or cancelled is in the table.",
      "{count} posts that go out only if a show is delayed or cancelled are in the table.", posts.length - dated.length)}</p>`}
  </section>`;
}

/** A phone's: the days on which there is something. @param {any} props */
function Days({ month, days, today, ...shared }) {
  const shown = [...days].filter(([day]) => day.startsWith(month)).sort(([one], [other]) => one.localeCompare(other));
  if (!shown.length) return html`<p class="empty faint">${t("Nothing in this month.")}</p>`;
  return html`<ol class="days">${shown.map(([day, on]) => html`<li key=${day} data-day=${day} aria-current=${day === today ? "date" : undefined}>
    <h3><time datetime=${day}>${dayName(day, "long")}</time></h3>
    <${Day} on=${on} most=${Infinity} ...${shared} /></li>`)}</ol>`;
}

function Day({ on, most, zoneOf, next, onOpen }) {
  return html`<ul class="on">
    ${on.shows.map((show) => html`<li key=${show.id} class="show" data-show=${show.id} data-phase=${show.phase}><span class="digits">${clock(show.live_at ?? show.go_live, show.zone, { seconds: false })}</span>
      <bdi class="title">${show.title}</bdi> <span class="quiet">${show.phase === "live" && icon("onair")}${show.phase === "cancelled" && html`${icon("skip")} `}${phaseName(show.phase)}</span></li>`)}
    ${on.posts.slice(0, most).map((post) => html`<li key=${post.id}><button type="button" class="post" data-post=${post.id} data-standing=${post.standing} data-next=${post.id === next} onClick=${() => onOpen(post.id)}>
      <span class="digits">${clock(post.at, zoneOf(post), { seconds: false })}</span> <bdi class="name cut">${post.announcement}</bdi>
      <span class="to cut"><${Reader} post=${post} /> · <bdi>${post.channel}</bdi></span><${Standing} post=${post} /></button></li>`)}
  </ul>`;
}
