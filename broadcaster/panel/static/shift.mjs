// What would a delay, an extension or a skip do? It is shown first; one confirm does exactly what was shown.
import { clock, html, icon, inOrder, spanned, t, tn, told, useEffect, useRef, useState } from "./parts.mjs";
import { shift, skipNext } from "./acts.mjs";
import { Dialog } from "./buttons.mjs";
import { order } from "./orders.mjs";

const TYPING_MS = 250;
const MOST_OPEN = 4;
const QUICK = { delay: ["+1", "+2", "+5", "+10", "-1", "-5"], extend: ["+0.30", "+1", "+2", "+5", "-0.30", "-1"] };

/** How a span on a button is written: "+5 min". */
const short = (span) => (span.endsWith("0.30") ? t("{span} s", { span: `${sign(span)}30` }) : t("{span} min", { span: `${sign(span)}${span.slice(1)}` }));
const sign = (span) => (span.startsWith("-") ? "\u2212" : "+");

/** @typedef {{word: "delay" | "extend" | "skip", segment?: string}} Shift */

/** Previews of the order as it is typed. @returns {{ripple?: any, revision?: number, error?: string, isOld: boolean}} */
function usePreview(word, body, revision) {
  const [seen, setSeen] = useState({ isOld: false });
  const key = JSON.stringify([word, body]);
  const asked = useRef(0);
  useEffect(() => {
    const number = ++asked.current;
    if (!body) return setSeen({ isOld: false });
    setSeen((before) => ({ ...before, isOld: true }));
    const timer = setTimeout(async () => {
      const said = await order(word, { ...body, preview: true });
      if (asked.current !== number) return;
      setSeen(said.ok ? { ripple: said.reply.ripple, revision: said.reply.revision, isOld: false } : { error: said.error, isOld: false });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [key, revision]);
  return seen;
}

/** The dialog. @param {{doc: any, shift: Shift, onPress: (act: any) => void, onClose: () => void, onWord: (word: string) => void}} props */
export function ShiftDialog({ doc, shift: asked, onPress, onClose, onWord }) {
  const { word } = asked;
  const [typed, type] = useState("");
  const [segment, choose] = useState(asked.segment ?? "");
  const field = useRef(null);
  const confirm = useRef(null);
  const isSkip = word === "skip";
  const body = isSkip ? {} : typed.trim() ? { by: typed.trim(), ...(segment ? { segment } : {}) } : undefined;
  const { ripple, revision, error, isOld } = usePreview(word, body, doc.revision);
  useEffect(() => (isSkip ? confirm : field).current?.focus(), [word]);

  const names = { delay: t("Delay"), extend: t("Extend"), skip: t("Skip") };
  const title = isSkip ? t("Skip {title}", { title: doc.rundown?.[doc.next?.id]?.title ?? "" }) : t("Delay or extend");
  const isReady = Boolean(ripple) && !isOld;
  function act(event) {
    event.preventDefault();
    if (!isReady) return;
    onPress(isSkip ? skipNext(doc, revision) : shift(word, body, revision, names[word]));
    onClose();
  }
  const segments = inOrder(doc.rundown).filter(([, row]) => row.standing === "coming" || row.standing === "on_air");
  return html`<${Dialog} name=${isSkip ? "skip" : "shift"} title=${title} isWide=${true} first=${isSkip ? confirm : field} onClose=${onClose}>
    <form onSubmit=${act}>
      ${!isSkip && html`<div class="ask">
        <div class="switch" role="group" aria-label=${t("What to move")}>
          ${["delay", "extend"].map((each) => html`<button type="button" key=${each} aria-pressed=${word === each} onClick=${() => onWord(each)}>${names[each]}</button>`)}
        </div>
        <label class="field"><span>${word === "delay" ? t("By how much later") : t("By how much longer")}</span>
          <input ref=${field} type="text" name="by" inputmode="text" autocomplete="off" autocapitalize="off" spellcheck=${false} maxlength="12"
            placeholder="10, 1.30, 1h10m, -3m" aria-describedby="shift-said" value=${typed} onInput=${(event) => type(event.target.value)} /></label>
        <label class="field"><span>${t("From")}</span>
          <select name="segment" value=${segment} onChange=${(event) => choose(event.target.value)}>
            <option value="">${doc.current ? t("What is on air") : t("The whole show")}</option>
            ${segments.map(([id, row]) => html`<option key=${id} value=${id}>${clock(row.start, doc.zone, { seconds: false })} ${row.title}</option>`)}
          </select></label>
        <div class="quick" role="group" aria-label=${t("Often used")}>
          ${QUICK[word].map((span) => html`<button type="button" key=${span} onClick=${() => type(span)}>${short(span)}</button>`)}
        </div>
      </div>`}
      <div id="shift-said" class="ripple scroll" tabindex="0" role="status" aria-live="polite" data-old=${isOld}>
        ${error ? html`<p class="error">${icon("warn")}<span>${error}</span></p>`
          : ripple ? html`<${Ripple} ripple=${ripple} zone=${doc.zone} />`
          : html`<p class="faint">${isSkip ? t("Working out what it changes") : t("Type a span: 10 is ten minutes, 1.30 a minute and a half. What it changes is shown here before anything is done.")}</p>`}
      </div>
      <footer>
        <button type="button" onClick=${onClose}>${t("Cancel")}</button>
        <button type="submit" class="primary" ref=${confirm} data-act="confirm-shift" aria-disabled=${!isReady}>${isReady && !isSkip ? t("{act} by {span}", { act: names[word], span: typed.trim() }) : names[word]}</button>
      </footer>
    </form>
  </${Dialog}>`;
}

/** "Live at 19:12, 3 segments move by +12m, 1 wall stays, 1 conflict". */
function inALine(ripple, zone) {
  const moving = ripple.segments.filter((row) => ripple.moving.includes(row.id));
  const [by, ...others] = new Set(moving.map((row) => row.moves_by));
  const span = by && !others.length ? spanned(by) : "";
  const count = moving.length;
  const parts = [
    ripple.live !== ripple.live_before && t("Live at {time}", { time: clock(ripple.live, zone) }),
    span ? tn("{count} segment moves by {span}", "{count} segments move by {span}", count, { span })
      : tn("{count} segment moves", "{count} segments move", count),
    ripple.walls.length && tn("{count} wall stays", "{count} walls stay", ripple.walls.length),
    ripple.conflicts.length && tn("{count} conflict", "{count} conflicts", ripple.conflicts.length),
  ];
  return parts.filter(Boolean).join(", ");
}

/** What moves, what stays, who has to be told. @param {{ripple: any, zone: string}} props */
function Ripple({ ripple, zone }) {
  const lists = [
    [t("Conflicts"), ripple.said.conflicts, "warning"],
    [t("Cut or corrected"), ripple.said.corrections, "warning"],
    ["YouTube", ripple.said.youtube, ""],
    [t("Posts"), ripple.said.posts, ""],
    [t("Tell"), ripple.said.tell, ""],
  ].filter(([, said]) => said?.length);
  const moved = ripple.segments.filter((row) => row.moves_by !== "0s" || row.end !== row.end_before);
  return html`<p class="line">${inALine(ripple, zone)}</p>
    <p class="ends">${t("The show ends at {time}", { time: ripple.end_local })} <span class="digits faint">${ripple.over_by === "0s" ? t("on time") : t("{span} to plan", { span: spanned(ripple.over_by) })}</span></p>
    ${lists.map(([title, said, tone]) => html`<details class="sentences" data-tone=${tone} key=${title} open=${said.length <= MOST_OPEN}>
      <summary>${tone && icon("warn")}${title} <span class="digits">(${said.length})</span></summary>
      <ul>${said.map(told).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul></details>`)}
    ${moved.length > 0 && html`<table>
      <thead><tr><th scope="col">${t("Segment")}</th><th scope="col">${t("Was")}</th><th scope="col">${t("Will be")}</th><th scope="col">${t("Moves")}</th></tr></thead>
      <tbody>${moved.map((row) => html`<tr key=${row.id} data-segment=${row.id}>
        <td class="title"><span class="cut" title=${row.title}>${row.title}</span></td>
        <td class="digits faint">${clock(row.start_before, zone)}</td><td class="digits">${clock(row.start, zone)}</td>
        <td class="digits">${row.moves_by === "0s" ? t("length") : spanned(row.moves_by)}</td></tr>`)}</tbody>
    </table>`}
    ${moved.length === 0 && html`<p class="faint">${t("No segment moves.")}</p>`}`;
}
