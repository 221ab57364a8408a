// The live page of the crew: one document comes in, orders go out.
import { clock, html, icon, render, t, told, useEffect, useMemo, useRef, useState } from "./parts.mjs";
import { watch } from "./live.mjs";
import { presses as makePresses } from "./orders.mjs";
import * as acts from "./acts.mjs";
import { Dialog } from "./buttons.mjs";
import { Alerts, Header, Lost } from "./header.mjs";
import { Rundown } from "./rundown.mjs";
import { Lanes } from "./lanes.mjs";
import { Pictures } from "./pictures.mjs";
import { Acts, ChosenScene, Danger, HoldOrResume, Scenes, TakeNext } from "./desk.mjs";
import { AskingAlerts } from "./post_acts.mjs";
import { Ends, Ladder, Posts, Quota } from "./state.mjs";
import { Log, Notes, People } from "./log.mjs";
import { MenuDialog } from "./menu.mjs";
import { ShiftDialog } from "./shift.mjs";
import { KeysDialog, isPhone, keysAreOn, listen, rememberKeys, rememberLock, startsLocked } from "./keys.mjs";

const NONE = []; // the same at every draw
const ROLES = ["screen", "viewer", "operator", "director", "admin"];

/** Who sits here; until that is known, the service decides what they may. */
function useMe() {
  const [me, setMe] = useState({ name: "", role: "admin" });
  useEffect(() => {
    fetch("/me").then((said) => (said.ok ? said.json() : undefined)).then((found) => found?.role && setMe(found), () => undefined);
  }, []);
  return me;
}

/** Press a button for a key, also one that a phone keeps behind its tabs. @param {string} selector */
const click = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector))?.click();

function Panel() {
  const [live, setLive] = useState(undefined);
  const [, redraw] = useState(0);
  const [tab, setTab] = useState(() => (isPhone() ? "show" : "rundown"));
  const [chosen, setChosen] = useState("");
  const [dialog, open] = useState(undefined);
  const [isLocked, lock] = useState(startsLocked);
  const [areKeysOn, setKeys] = useState(keysAreOn);
  const me = useMe();
  const presses = useMemo(() => makePresses(() => redraw((count) => count + 1)), []);
  const may = (role) => ROLES.indexOf(me.role) >= ROLES.indexOf(role);
  const doc = live?.doc;
  const version = useRef(undefined);
  version.current ??= doc?.version;

  useEffect(() => watch("desk", (now) => (setLive({ ...now }), now.doc && presses.look(now.doc))), []);
  const isOff = isLocked || !may("operator") || live?.link !== "live";
  const isUrgentOff = isLocked || !may("operator") || !doc; // holding and panic are tried also when nothing is heard

  const onPress = (act) => presses.press(act);
  function choose(scene) {
    setChosen(scene);
    if (scene && doc?.program?.is_studio_mode && doc.program.preview !== scene) onPress(acts.previewScene(scene));
  }
  const onChoose = useStable(choose);
  const onShift = (asked) => open({ name: "shift", ...asked });
  const onPick = useStable((segment) => onShift({ word: "delay", segment }));
  const onKey = useRef((meaning) => undefined);
  onKey.current = (meaning) => {
    if (meaning === "help") return open({ name: "keys" });
    if (meaning === "cancel") return chosen ? setChosen("") : presses.dismiss();
    if (!areKeysOn || !doc) return;
    if (meaning === "hold") return isUrgentOff || click('.acts :is([data-act="hold"], [data-act="resume"]):not(:disabled)');
    if (isOff) return;
    if (typeof meaning === "number") {
      const scene = Object.entries(doc.scenes ?? {}).find(([, place]) => place === meaning - 1)?.[0];
      return scene && choose(scene);
    }
    if (meaning === "go") return acts.canTakeNext(doc) && onPress(acts.takeNext(doc));
    if (meaning === "take") return click('[data-part="chosen"] [data-act="take"]');
    click(`.acts [data-act="${meaning}"]:not(:disabled)`);
  };
  useEffect(() => listen((meaning) => onKey.current(meaning)), []);

  if (!live) return null;
  if (!doc) return html`<main class="not-yet"><${Lost} live=${live} /></main>`;
  const tools = html`
    ${!may("operator") ? html`<span class="mark" data-mark="role">${t("View only")}</span>` : html`<button type="button" class="lock" aria-pressed=${isLocked} data-act="lock" onClick=${() => (lock(!isLocked), rememberLock(!isLocked))}>
      ${icon(isLocked ? "lock" : "unlock")}<span>${isLocked ? t("Locked") : t("Unlocked")}</span></button>`}
    <button type="button" class="plain square" aria-label=${t("Keys")} data-act="keys" onClick=${() => open({ name: "keys" })}>?</button>
    <button type="button" class="plain square" aria-label=${t("Menu")} data-act="menu" onClick=${() => open({ name: "menu" })}>${icon("menu")}</button>`;
  const shared = { doc, presses, isOff, may, onPress };
  const asking = AskingAlerts({ posts: doc.posts, zone: doc.zone, presses, may, isOff, onPress });
  const tabs = [["show", t("Show")], ["rundown", t("Rundown")], ["state", t("State")], ["log", t("Log")]];

  return html`
    ${doc.rehearsal && html`<div class="rehearsal-frame" aria-hidden="true"></div>`}
    <div class="page" data-tab=${tab} data-link=${live.link} data-locked=${isLocked}>
      <${Header} live=${live} tools=${tools} />
      <div class="lost-place"><${Lost} live=${live} /></div>
      <${Notice} doc=${doc} notice=${presses.notice()} onDismiss=${() => presses.dismiss()} />
      <main>
        <${Alerts} alerts=${doc.alerts} asking=${asking.length ? asking : NONE} trouble=${doc.journal_trouble} isRenewed=${version.current !== doc.version} />
        <nav class="tabs" aria-label=${t("Parts of the page")}>
          ${tabs.map(([name, said]) => html`<button type="button" key=${name} data-to=${name} aria-pressed=${tab === name} onClick=${() => setTab(name)}>${said}</button>`)}
        </nav>
        <${Rundown} doc=${doc} canEdit=${!isOff} isShown=${tab === "rundown"} onPick=${onPick} />
        <${Log} log=${doc.log} zone=${doc.zone} />
        <div class="column in-show">
          <${Pictures} live=${live} chosen=${chosen} />
          <${ChosenScene} ...${shared} chosen=${chosen} onChoose=${setChosen} />
          <${Acts} ...${shared} onShift=${onShift} isUrgentOff=${isUrgentOff} />
          <${Scenes} scenes=${doc.scenes} program=${doc.program?.scene} preview=${doc.program?.preview} chosen=${chosen} isOff=${isOff}
            next=${doc.rundown?.[doc.next?.id]?.scene} onChoose=${onChoose} />
          <${Danger} ...${shared} isOff=${isUrgentOff} />
        </div>
        <div class="column in-state">
          <${Lanes} doc=${doc} acts=${presses} isOff=${isUrgentOff} onPress=${onPress} />
          <${Ladder} ladder=${doc.ladder} zone=${doc.zone} />
          <${Ends} ends=${doc.ends} />
          <${Posts} posts=${doc.posts} zone=${doc.zone} />
          <${Quota} quota=${doc.quota} zone=${doc.zone} />
          <${Notes} notes=${doc.notes} />
          <${People} people=${doc.people} />
        </div>
      </main>
      <section class="bar" aria-label=${t("Under the thumb")}>
        ${isLocked && may("operator")
          ? html`<button type="button" class="unlock" data-act="unlock" onClick=${() => (lock(false), rememberLock(false))}>${icon("lock")}${t("Locked: press to unlock")}</button>`
          : html`<${TakeNext} ...${shared} /><${HoldOrResume} ...${shared} isOff=${isUrgentOff} />
            <button type="button" class="act more" data-act="more" aria-haspopup="dialog" onClick=${() => open({ name: "more" })}>${t("More")}</button>`}
      </section>
    </div>
    ${dialog?.name === "keys" && html`<${KeysDialog} areOn=${areKeysOn} onSwitch=${(on) => (setKeys(on), rememberKeys(on))} onClose=${() => open(undefined)} />`}
    ${dialog?.name === "menu" && html`<${MenuDialog} me=${me} onClose=${() => open(undefined)} />`}
    ${dialog?.name === "shift" && html`<${ShiftDialog} key=${dialog.segment} doc=${doc} shift=${dialog} onPress=${onPress} onClose=${() => open(undefined)}
      onWord=${(word) => open({ ...dialog, word })} />`}
    ${dialog?.name === "more" && html`<${Dialog} name="more" title=${t("More")} onClose=${() => open(undefined)}>
      <${Acts} ...${shared} isShort=${true} onShift=${onShift} />
      <${Danger} ...${shared} isOff=${isUrgentOff} />
    </${Dialog}>`}`;
}

/** The one thing that went wrong, with what happened meanwhile. @param {any} props */
function Notice({ doc, notice, onDismiss }) {
  if (!notice) return null;
  const news = notice.since === undefined ? [] : Object.entries(doc.log ?? {}).filter(([seq]) => Number(seq) > notice.since).slice(0, 4);
  return html`<div class="notice" role="alert" data-part="notice" key=${notice.id}>
    ${icon("warn")}<div>
      <p><strong>${notice.label}</strong>: ${notice.since === undefined ? notice.error : t("not done, the show had moved on. Look again before you press.")}</p>
      ${news.length > 0 && html`<ul>${news.map(([seq, line]) => html`<li key=${seq}><span class="digits">${clock(line.at, doc.zone)}</span> ${told(line.who)}: ${told(line.text)}</li>`)}</ul>`}
    </div>
    <button type="button" class="plain square" aria-label=${t("Dismiss")} onClick=${onDismiss}>${icon("close")}</button>
  </div>`;
}

/** The same function at every draw, which calls the newest one. */
function useStable(newest) {
  const now = useRef(newest);
  now.current = newest;
  return useMemo(() => (...said) => now.current(...said), []);
}

const place = document.getElementById("panel");
place.replaceChildren(); // the word that a page shows whose scripts do not come
render(html`<${Panel} />`, place);
