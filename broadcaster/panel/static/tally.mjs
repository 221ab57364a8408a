// Is this camera's scene on air? A whole screen of red, green or grey, each with its word and its shape.

import { watch } from "./live.mjs";
import { clock, html, icon, render, span, t, useState } from "./parts.mjs";
import * as screen from "./screens.mjs";

const SCENE = screen.text("scene");
const PATTERNS = { air: [300, 120, 300], next: [120], off: [60] };

const LOOKS = {
  air: { shape: "onair", word: () => t("ON AIR") },
  program: { shape: "onair", word: () => t("PROGRAM") },
  next: { shape: "next", word: () => t("NEXT") },
  off: { shape: "coming", word: () => t("OFF") },
  unknown: { shape: "warn", word: () => t("UNKNOWN") },
};

/** Where the scene stands: red as OBS reports it, green by OBS's preview or by the rundown. */
function standing(doc, name) {
  if (!doc.program) return { look: "unknown", why: t("OBS does not answer") };
  const next = screen.coming(doc);
  if (doc.program.scene === name) {
    if (!doc.is_live) return { look: "program", why: t("on program, but the show is not live") };
    const until = screen.current(doc)?.scene === name ? screen.current(doc).until : undefined;
    return next?.scene === name ? { look: "air", why: t("stays on with the next segment") } : { look: "air", at: until };
  }
  if (next?.scene === name) return { look: "next", at: next.due ?? undefined, title: next.title };
  if (doc.program.preview === name) return { look: "next", why: t("in OBS's preview") };
  const later = screen.rows(doc.rundown).find((each) => each.standing === "coming" && each.scene === name);
  return { look: "off", later: later?.start, title: later?.title };
}

/** Every scene that the show knows. */
function scenes(doc) {
  const known = [...screen.rows(doc.rundown).map((each) => each.scene), doc.program?.scene, doc.program?.preview];
  return [...new Set(known.filter(Boolean))];
}

const address = (name) => {
  const made = new URL(location.href);
  if (name) made.searchParams.set("scene", name);
  else made.searchParams.delete("scene");
  return made;
};

/** A picture of this page's address for a phone's camera. */
function Code({ name }) {
  const made = address(name);
  const link = made.searchParams.get("link");
  const asked = new URLSearchParams({ for: made.pathname + made.search, ...(link ? { link } : {}) });
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  return html`<figure class="code">
    <img src="/qr.svg?${asked}" width="240" height="240" alt=${t("QR code of this page's address")} />
    <figcaption>${isHere ? t("This address works on this machine only.") : made.href}</figcaption>
  </figure>`;
}

function Choose({ live }) {
  const { doc } = live;
  return html`<main class="choose">
    <h1>${t("Tally: which scene is yours?")}</h1>
    <ul class="scenes">
      ${scenes(doc).map((name) => {
        const { look } = standing(doc, name);
        return html`<li key=${name}><a class="scene scene-${look}" href=${address(name).href}>
          ${icon(LOOKS[look].shape)} <span class="scene-name"><${screen.Typed}>${name}<//></span> <span class="scene-word">${LOOKS[look].word()}</span>
        </a></li>`;
      })}
    </ul>
    <p class="hint">${t("Open the page on a phone, and choose there.")}</p>
    <${Code} name="" />
  </main>`;
}

let shown = "";

/** Let the phone shake when its light changes; browsers allow it once the page was touched. */
function shake(look) {
  const isTouched = navigator.userActivation?.hasBeenActive ?? true;
  if (shown && shown !== look && isTouched) navigator.vibrate?.(PATTERNS[look === "program" ? "air" : look] ?? PATTERNS.off);
  shown = look;
}

function Light({ live }) {
  const [hasCode, setCode] = useState(false);
  const [isAwake, setAwake] = useState(undefined);
  const { doc } = live;
  const isTrue = live.link === "live";
  const { look, at, later, title, why } = isTrue ? standing(doc, SCENE) : { look: "unknown" };
  shake(look);
  const now = live.now();
  const touched = () => {
    navigator.vibrate?.(40);
    if (!screen.stayAwake(setAwake)) setAwake(false);
  };
  const zone = screen.zone(doc.zone);
  return html`<main class="light light-${look}">
    <p class="light-scene"><${screen.Typed}>${SCENE}<//></p>
    <div class="light-middle" role="status">
      <span class="light-shape">${icon(LOOKS[look].shape)}</span>
      <p class="light-word" style=${{ "--letters": LOOKS[look].word().length }}>${LOOKS[look].word()}</p>
      <p class="light-more">
        ${why}
        ${at && html`<span class="digits">${span(Math.max(screen.until(at, now), 0))}</span>`}
        ${look === "next" && !at && !why && (doc.is_held ? t("waits for the end of the hold") : t("waits for GO"))}
        ${later && t("again at {time}", { time: clock(later, zone) })}
        ${look === "off" && !later && t("not in the rest of the show")}
      </p>
      <p class="light-title"><${screen.Typed}>${title ?? ""}<//></p>
    </div>
    <p class="light-feet">
      ${isAwake === undefined
        ? html`<button type="button" onClick=${touched}>${t("Touch: stay awake and vibrate")}</button>`
        : !isAwake && html`<span class="hint">${t("This browser lets the screen go dark: set the phone to stay on.")}</span>`}
      <button type="button" aria-expanded=${hasCode} onClick=${() => setCode(!hasCode)}>${t("QR code")}</button>
      <a class="button" href=${address("").href}>${t("Other scene")}</a>
    </p>
    ${hasCode && html`<${Code} name=${SCENE} />`}
  </main>`;
}

function Tally({ live }) {
  return html`<${screen.Screen} live=${live} name="tally">
    ${SCENE ? html`<${Light} live=${live} />` : html`<${Choose} live=${live} />`}
  <//>`;
}

screen.dress();
screen.stayAwake();
const place = document.getElementById("screen");
watch("stage", (live) => render(html`<${Tally} live=${live} />`, place));
