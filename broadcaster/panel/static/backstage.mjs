// What is on, what is next, and when are you on? To be read from three metres, and on a phone in a pocket.

import { watch } from "./live.mjs";
import { clock, html, icon, render, span, t, tn, useState } from "./parts.mjs";
import * as screen from "./screens.mjs";

const MOST_FOUND = 12;

// -- whose screen is this ---------------------------------------------------------------------------------------------

const plain = (typed) =>
  typed
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLocaleLowerCase()
    .trim();

const names = (segment) => [
  segment.title,
  ...(segment.guests ?? []).map((guest) => guest.name),
  segment.lower_third?.title ?? "",
];

/** The segments that are meant: the one of that id, those of a guest of that name, or all that have the words. */
function find(doc, asked) {
  const all = screen.rows(doc.rundown);
  const exact = all.filter((segment) => segment.id === asked);
  const wanted = plain(asked);
  if (exact.length || !wanted) return { mine: exact, found: [] };
  const isGuest = (segment) => (segment.guests ?? []).some((guest) => plain(guest.name) === wanted);
  const guest = all.filter(isGuest);
  if (guest.length) return { mine: guest, found: [] };
  const found = all.filter((segment) => names(segment).some((name) => plain(name).includes(wanted)));
  return found.length === 1 ? { mine: found, found: [] } : { mine: [], found };
}

const person = (segment) => segment.guests?.[0]?.name ?? segment.title;

// -- parts of the page ------------------------------------------------------------------------------------------------

function Head({ live, zone }) {
  const { doc } = live;
  return html`<header class="head">
    <div class="head-names">
      <h1 class="show"><${screen.Typed}>${doc.title}<//></h1>
      <p class="season"><${screen.Typed}>${doc.season.title}<//></p>
    </div>
    <p class="clock"><span class="tabular">${clock(live.now(), zone)}</span><span class="place">${screen.city(zone)}</span></p>
  </header>`;
}

function OnAir({ live, zone }) {
  const { doc } = live;
  const now = live.now();
  const segment = screen.current(doc);
  if (screen.isOver(doc.phase)) {
    return html`<section class="card card-off"><h2>${icon("coming")} ${t("Off air")}</h2>
      <p class="title">${doc.phase !== "done" ? t("The show did not take place") : t("The show is over. Thank you!")}</p></section>`;
  }
  if (screen.isAhead(doc.phase)) {
    const left = screen.until(doc.go_live, now);
    const { days, digits } = screen.count(left);
    return html`<section class="card card-off">
      <h2>${icon("coming")} ${doc.phase === "standby" ? t("Standby") : t("Off air")}</h2>
      <p class="title">${t("Live at {time}", { time: clock(new Date(doc.go_live), zone) })}</p>
      <p class="count tabular ${left < 0 ? "late" : ""}">
        ${days > 0 && html`<span class="days">${tn("{count} day", "{count} days", days)}</span> `}${digits}
      </p>
    </section>`;
  }
  if (!segment) {
    return html`<section class="card ${doc.is_live ? "card-air" : "card-off"}">
      <h2>${icon(doc.is_live ? "onair" : "coming")} ${doc.is_live ? t("On air") : t("Off air")}</h2>
      <p class="title"><${screen.Typed}>${doc.program?.scene ?? screen.phase(doc.phase)}<//></p>
    </section>`;
  }
  const left = segment.until ? screen.until(segment.until, now) : null;
  return html`<section class="card ${doc.is_live ? "card-air" : "card-off"}">
    <h2>${icon("onair")} ${t("On air")}</h2>
    <p class="title ${screen.fit(segment.title)}"><${screen.Typed}>${segment.title}<//></p>
    ${doc.is_held
      ? html`<p class="count held">${icon("pause")} ${t("ON HOLD")}</p>`
      : left !== null &&
        html`<p class="count tabular ${left < 0 ? "late" : ""}">${span(left)}
          <span class="unit">${left < 0 ? t("over") : t("left")}</span></p>`}
  </section>`;
}

function Next({ live, zone }) {
  const next = screen.coming(live.doc);
  if (!next) return null;
  const at = next.due ?? next.expected;
  const left = screen.until(at, live.now());
  return html`<section class="card card-next">
    <h2>${icon("next")} ${t("Next")}</h2>
    <p class="title ${screen.fit(next.title)}"><${screen.Typed}>${next.title}<//></p>
    ${next.due
      ? html`<p class="count tabular">${span(Math.max(left, 0))} <span class="unit">${t("at {time}", { time: clock(new Date(at), zone) })}</span></p>`
      : html`<p class="count waits">${live.doc.is_held ? t("waits for the end of the hold") : t("waits for GO")}</p>`}
  </section>`;
}

function Guests({ segment, zone, at }) {
  const away = (segment.guests ?? []).filter((guest) => guest.zone && guest.zone !== zone);
  return away.map(
    (guest) => html`<p class="their-clock" key=${guest.name}>
      <span class="tabular">${clock(at, guest.zone)}</span>
      <span>${screen.city(guest.zone)}</span>
      <span class="their-name">${t("the clock of")} <${screen.Typed}>${guest.name}<//></span>
    </p>`,
  );
}

function Mine({ live, zone, mine, onLeave }) {
  const { doc } = live;
  const ahead = mine.find((each) => each.standing === "on_air") ?? mine.find((each) => each.standing === "coming");
  const segment = ahead ?? mine.at(-1);
  const at = new Date(segment.start);
  const left = screen.until(segment.start, live.now());
  const between = screen
    .rows(doc.rundown)
    .filter((each) => each.standing === "coming" && each.order < segment.order).length;
  const state = screen.isOver(doc.phase) && segment.standing === "coming" ? "dropped" : segment.standing;
  const isDue = state === "coming" && left <= 0; // it waits for the one before it, for GO or for a hold
  const until = state === "on_air" && screen.current(doc)?.until;
  return html`<section class="mine mine-${state} ${state === "coming" && left <= 300 ? "mine-soon" : ""}">
    <h2>${t("You")}: <${screen.Typed}>${person(segment)}<//></h2>
    ${state === "on_air" && html`<p class="verdict">${icon("onair")} ${t("YOU ARE ON AIR")}</p>
      ${until && html`<p class="when">${span(screen.until(until, live.now()))}</p>`}`}
    ${state === "done" && html`<p class="verdict">${t("You were on. Thank you!")}</p>`}
    ${state === "skipped" && html`<p class="verdict">${icon("close")} ${t("Your segment is left out. Ask the crew.")}</p>`}
    ${state === "dropped" && html`<p class="verdict">${icon("close")} ${t("There is no time left for your segment. Ask the crew.")}</p>`}
    ${state === "coming" &&
    html`<p class="when ${left >= 3600 ? "is-wide" : ""}">${isDue ? t("soon") : count(left)}</p>
      <p class="verdict">${between === 0 ? html`${icon("next")} ${t("You are next")}` : tn("{count} segment before you", "{count} segments before you", between)}</p>
      <p class="at"><span class="tabular">${clock(at, zone)}</span> ${screen.city(zone)} · <${screen.Typed}>${segment.scene}<//></p>
      <${Guests} segment=${segment} zone=${zone} at=${at} />`}
    ${mine.length > 1 && state === "coming" && html`<p class="more">${tn("You are on {count} time.", "You are on {count} times: this is the next one.", mine.length)}</p>`}
    ${onLeave && html`<p class="other"><button type="button" class="plain" onClick=${onLeave}>${t("Somebody else?")}</button></p>`}
  </section>`;
}

function count(seconds) {
  const { days, digits } = screen.count(Math.max(seconds, 0));
  return days ? `${tn("{count} day", "{count} days", days)} ${digits}` : digits;
}

function Search({ me, mine, found, onType, onPick }) {
  const isAsked = me.trim() !== "";
  return html`<form class="search" role="search" onSubmit=${(event) => event.preventDefault()}>
    <label for="me">${t("When are you on?")}</label>
    <input id="me" type="search" value=${me} maxlength="200" autocomplete="off" spellcheck=${false}
      placeholder=${t("your name or segment")} onInput=${(event) => onType(event.target.value)} />
    ${isAsked && found.length + mine.length === 0 && html`<p class="none" role="status">${t("Nobody of that name is in this show.")}</p>`}
    ${found.length > 0 &&
    html`<ul class="found">
      ${found.slice(0, MOST_FOUND).map(
        (segment) => html`<li key=${segment.id}><button type="button" onClick=${() => onPick(segment.id)}>
          <${screen.Typed}>${segment.title}<//></button></li>`,
      )}
      ${found.length > MOST_FOUND && html`<li class="none">${tn("and {count} more: type more of the name", "and {count} more: type more of the name", found.length - MOST_FOUND)}</li>`}
    </ul>`}
  </form>`;
}

function Backstage({ live }) {
  const [me, setMe] = useState(screen.text("me"));
  const [isSearching, setSearching] = useState(false);
  const { doc } = live;
  const chosen = (value) => {
    setMe(value);
    screen.keep("me", value.trim());
  };
  if (!doc) return html`<${screen.Screen} live=${live} name="backstage" />`;
  const zone = screen.zone(doc.zone);
  const { mine, found } = find(doc, me);
  const typed = (value) => {
    setSearching(value === "" || isSearching);
    chosen(value);
  };
  const picked = (value) => {
    setSearching(false);
    chosen(value);
  };
  return html`<${screen.Screen} live=${live} name="backstage">
    <${Head} live=${live} zone=${zone} />
    <main class="cards">
      <${OnAir} live=${live} zone=${zone} />
      <${Next} live=${live} zone=${zone} />
      ${mine.length > 0 && html`<${Mine} live=${live} zone=${zone} mine=${mine} onLeave=${isSearching ? null : () => setSearching(true)} />`}
      ${(mine.length === 0 || isSearching) && html`<${Search} me=${me} mine=${mine} found=${found} onType=${typed} onPick=${picked} />`}
    </main>
  <//>`;
}

screen.dress();
screen.stayAwake();
const place = document.getElementById("screen");
watch("stage", (live) => render(html`<${Backstage} live=${{ ...live, doc: screen.wanted(live.doc) }} />`, place));
