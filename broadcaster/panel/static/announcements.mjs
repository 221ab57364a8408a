// The page of the announcements: every post of the season in a table or on a calendar, and what the crew does with them.
import { clock, html, icon, options, render, t, tn, useEffect, useMemo, useRef, useState, zoneName } from "./parts.mjs";
import { watch } from "./live.mjs";
import { presses as makePresses } from "./orders.mjs";
import { byHand } from "./acts.mjs";
import { Dialog } from "./buttons.mjs";
import { Lost, Marks, nextFigure } from "./header.mjs";
import { rememberLock, startsLocked } from "./keys.mjs";
import { MenuDialog } from "./menu.mjs";
import { standingOfPost } from "./names.mjs";
import { CancelDialog, EditDialog } from "./post_acts.mjs";
import { Calendar } from "./post_calendar.mjs";
import { Asking, Detail, Group, readersName, showTitles } from "./post_table.mjs";
import { FILTERS, arranged, asks, choicesOf, filtered, readerOf, useCalm, usePosts } from "./posts.mjs";
import { keep } from "./screens.mjs";

const ROLES = ["screen", "viewer", "operator", "director", "admin"];
const VIEW = /** @type {"desk" | "stage"} */ (document.documentElement.dataset.view);
const CANCELLABLE = ["planned", "preparing", "ready", "standby"];

/** Who looks; until that is known, one who may only look. */
function useMe() {
  const [me, setMe] = useState({ name: "", role: VIEW === "stage" ? "screen" : "viewer" });
  useEffect(() => {
    if (VIEW === "stage") return;
    fetch("/me").then((said) => (said.ok ? said.json() : undefined)).then((found) => found?.role && setMe(found), () => undefined);
  }, []);
  return me;
}

/** What the address asks for, and a way to change it. */
function useAsked() {
  const [asked, set] = useState(() => Object.fromEntries(["view", "month", "clock", "post", ...FILTERS].map((name) => [name, String(options[name] ?? "")])));
  const change = (name, value) => {
    keep(name, value);
    set((before) => ({ ...before, [name]: value }));
  };
  return [asked, change];
}

function Announcements() {
  const [live, setLive] = useState(undefined);
  const [, redraw] = useState(0);
  const [asked, ask] = useAsked();
  const [open, setOpen] = useState(() => new Set(asked.post ? [asked.post] : []));
  const [dialog, show] = useState(undefined);
  const [isLocked, lock] = useState(startsLocked);
  const me = useMe();
  const presses = useMemo(() => makePresses(() => redraw((count) => count + 1)), []);
  const may = (role) => ROLES.indexOf(me.role) >= ROLES.indexOf(role);
  const doc = live?.doc;
  const { posts, error, renew } = usePosts(live, VIEW);
  const all = posts ?? new Map();
  useEffect(() => watch(VIEW, (now) => setLive({ ...now })), []);
  useEffect(() => {
    if (doc) presses.look({ ...doc, all });
  }, [doc, posts]);

  const zoneOf = (post) => doc?.shows?.[post.show]?.zone ?? doc?.zone ?? "UTC";
  const seen = filtered(all.values(), asked);
  const chosen = FILTERS.map((name) => asked[name]).join("\n");
  const order = useCalm(arranged(seen, zoneOf), `${chosen}${asked.view}${all.size > 0}`);
  const onOpen = useStable((id) => setOpen((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id])));

  if (!live) return null;
  if (!doc) return html`<main class="not-yet"><${Lost} live=${live} /></main>`;
  const isOff = isLocked || !may("operator") || live.link !== "live";
  const onPress = async (act) => {
    const isTaken = await presses.press(act);
    renew();
    return isTaken;
  };
  const acts = { presses, may, isOff, onPress, onEdit: (post) => show({ name: "edit", id: post.id }) };
  const cancelling = (id) => may("director") && CANCELLABLE.includes(doc.shows?.[id]?.phase)
    && html`<button type="button" class="plain" data-act="cancel-show" disabled=${isOff} onClick=${() => show({ name: "cancel", show: id })}>${t("Cancel this show …").replace(" …", "\u00a0…")}</button>`;
  const shared = { posts: all, doc, now: live.now(), next: order.next, open, acts, onOpen };
  const over = order.over.reduce((count, group) => count + group.days.reduce((inner, day) => inner + day.ids.length, 0), 0);
  const waiting = [...all.values()].filter(asks).length;

  return html`
    ${doc.rehearsal && html`<div class="rehearsal-frame" aria-hidden="true"></div>`}
    <header class="top" data-phase=${doc.phase}>
      <div class="what">
        <h1>${t("Announcements")}</h1>
        <p class="cut quiet" title=${doc.season?.title}>${doc.season?.title}</p>
        <${Marks} of=${doc.title} phase=${doc.phase} isLive=${doc.is_live} isRehearsal=${doc.rehearsal} pace=${live.pace} link=${live.link} hands=${doc.is_automatic ? "" : byHand(doc).join(", ") || t("Rundown")} />
      </div>
      <p class="waits" role="status">${waiting > 0 && html`<span class="mark warning" data-mark="waits">${icon("warn")}${tn("{count} post waits for you", "{count} posts wait for you", waiting)}</span>`}</p>
      <dl class="figures">${nextFigure(doc, live.now(), (id) => doc.rundown?.[id]?.title ?? "")}</dl>
      <div class="now"><time class="digits big" data-figure="clock">${clock(live.now(), doc.zone)}</time><span class="quiet">${zoneName(doc.zone, live.now())}</span></div>
      ${VIEW === "desk" && html`<div class="tools">
        ${may("operator") ? html`<button type="button" class="lock" aria-pressed=${isLocked} data-act="lock" onClick=${() => (lock(!isLocked), rememberLock(!isLocked))}>
          ${icon(isLocked ? "lock" : "unlock")}<span>${isLocked ? t("Locked") : t("Unlocked")}</span></button>` : html`<span class="mark" data-mark="role">${t("View only")}</span>`}
        <button type="button" class="plain square" aria-label=${t("Menu")} data-act="menu" onClick=${() => show({ name: "menu" })}>${icon("menu")}</button>
      </div>`}
    </header>
    <div class="lost-place"><${Lost} live=${live} /></div>
    <main data-link=${live.link}>
      <${Filters} ...${{ asked, ask, doc, all, seen }} />
      ${error && html`<p class="trouble" role="alert">${icon("warn")}<span>${error}</span></p>`}
      <${Asking} ids=${order.asking} posts=${all} doc=${doc} ...${acts} onOpen=${(id) => show({ name: "post", id })} />
      ${!posts && !error && html`<p class="empty faint" role="status">${t("Fetching the posts")}</p>`}
      ${posts && all.size === 0 && html`<p class="empty faint">${t("This season announces nothing yet: [[announcement]] in its file does.")}</p>`}
      ${all.size > 0 && seen.length === 0 && html`<p class="empty faint">${t("No post is like this.")} <button type="button" class="small" onClick=${() => FILTERS.forEach((name) => ask(name, ""))}>${t("Show all")}</button></p>`}
      ${asked.view === "calendar"
        ? html`<${Calendar} posts=${seen} doc=${doc} now=${live.now()} next=${order.next} asked=${asked} shown=${asked.show} keep=${ask} onOpen=${(id) => show({ name: "post", id })} />`
        : html`${order.coming.map((group) => html`<${Group} key=${group.show} group=${group} ...${shared} isUnfolded=${asked.standing === "only_if" || group.onlyIf.includes(asked.post)} onCancel=${cancelling(group.show)} />`)}
          ${over > 0 && html`<details class="over" open=${order.coming.length === 0 || Boolean(asked.standing)}><summary>${t("Over: out, or left out")} <span class="digits">(${over})</span></summary>
            ${order.over.map((group) => html`<${Group} key=${group.show} group=${group} ...${shared} />`)}</details>`}`}
    </main>
    ${dialog?.name === "menu" && html`<${MenuDialog} me=${me} onClose=${() => show(undefined)} />`}
    ${dialog?.name === "edit" && all.has(dialog.id) && html`<${EditDialog} key=${dialog.id} post=${all.get(dialog.id)} presses=${presses} onPress=${onPress} onClose=${() => show(undefined)} />`}
    ${dialog?.name === "cancel" && html`<${CancelDialog} show=${dialog.show} title=${doc.shows?.[dialog.show]?.title ?? dialog.show} presses=${presses} isOff=${isOff} onPress=${onPress} onClose=${() => show(undefined)} />`}
    ${dialog?.name === "post" && all.has(dialog.id) && html`<${Dialog} name="post" title=${all.get(dialog.id).announcement} isWide=${true} onClose=${() => show(undefined)}>
      <div class="scroll" tabindex="0"><${Detail} post=${all.get(dialog.id)} zone=${zoneOf(all.get(dialog.id))} acts=${acts} /></div></${Dialog}>`}`;
}

/** What is looked at. @param {any} props */
function Filters({ asked, ask, doc, all, seen }) {
  const [isUnfolded, unfold] = useState(false); // on a phone, where they would fill the screen
  const isChosen = FILTERS.some((name) => asked[name]);
  const everyone = [...all.values()];
  const city = (reader) => readersName(everyone.find((post) => readerOf(post) === reader));
  const choices = {
    show: [t("Show"), t("All shows"), showTitles(doc, choicesOf(everyone, "show"))],
    channel: [t("Channel"), t("All channels"), choicesOf(everyone, "channel").sort().map((name) => [name, name])],
    audience: [t("Readers"), t("All readers"), choicesOf(everyone, "audience").sort().map((name) => [name, city(name)])],
    standing: [t("Stands"), t("However it stands"), choicesOf(everyone, "standing").map((name) => [name, standingOfPost(name)])],
  };
  const views = [["", t("Table")], ["calendar", t("Calendar")]];
  return html`<nav class="filters" data-unfolded=${isUnfolded} aria-label=${t("What is shown")}>
    <div class="switch" role="group" aria-label=${t("How it is shown")}>
      ${views.map(([name, said]) => html`<button type="button" key=${name} data-view=${name || "table"} aria-pressed=${(asked.view === "calendar" ? "calendar" : "") === name} onClick=${() => ask("view", name)}>${said}</button>`)}
    </div>
    <p class="faint digits counted" role="status">${all.size > 0 && t("{shown} of {all} posts", { shown: seen.length, all: all.size })}</p>
    <button type="button" class="unfold" aria-expanded=${isUnfolded} onClick=${() => unfold(!isUnfolded)}>${t("Filter")}${isChosen && html` <span class="digits">(${FILTERS.filter((name) => asked[name]).length})</span>`}</button>
    ${Object.entries(choices).map(([name, [label, every, known]]) => html`<label class="field" key=${name}><span>${label}</span>
      <select name=${name} value=${asked[name]} onChange=${(event) => ask(name, event.target.value)}>
        <option value="">${every}</option>${known.map(([value, said]) => html`<option key=${value} value=${value}>${said}</option>`)}
        ${asked[name] && !known.some(([value]) => value === asked[name]) && html`<option value=${asked[name]}>${asked[name]}</option>`}
      </select></label>`)}
    </nav>`;
}

/** The same function at every draw, which calls the newest one. */
function useStable(newest) {
  const now = useRef(newest);
  now.current = newest;
  return useMemo(() => (...said) => now.current(...said), []);
}

const place = document.getElementById("announcements");
place.replaceChildren(); // the word that a page shows whose scripts do not come
render(html`<${Announcements} />`, place);
