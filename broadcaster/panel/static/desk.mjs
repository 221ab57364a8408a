// The crew's hand on the show: take next first and largest, what cannot be undone apart from it.
import { clock, html, icon, inOrder, still, t, told, useState } from "./parts.mjs";
import * as acts from "./acts.mjs";
import { ActButton, HoldButton } from "./buttons.mjs";

/** What take next would do, in a line. */
function nextHint(doc) {
  const id = doc.asks?.id ?? doc.next?.id;
  if (doc.is_held) return t("The rundown is held: resume first");
  if (!id) return t("Nothing follows");
  if (!doc.current && !doc.is_live) return t("Starts by itself at {time}", { time: clock(doc.go_live, doc.zone) });
  return doc.rundown?.[id]?.title ?? id;
}

/** Take next: the same button on the desk and in the phone's bar. @param {any} props */
export function TakeNext({ doc, presses, isOff, onPress }) {
  const isWaiting = acts.waitsForGo(doc) && !doc.is_held;
  return html`<${ActButton} act="go" kind=${`take ${isWaiting ? "waiting" : ""}`} label=${isWaiting ? t("GO") : t("Take next")} hotkey="Space"
    press=${presses.of("go")} hint=${nextHint(doc)} isOff=${isOff || !acts.canTakeNext(doc)} onPress=${() => onPress(acts.takeNext(doc))} />`;
}

/** Hold the rundown, or let it go on. @param {any} props */
export function HoldOrResume({ doc, presses, isOff, onPress }) {
  const isHeld = doc.is_held || doc.override?.stays;
  const isOnStage = doc.phase === "standby" || doc.phase === "live";
  return html`<${ActButton} act=${isHeld ? "resume" : "hold"} kind=${isHeld ? "resume" : ""} hotkey="H" label=${isHeld ? t("Resume") : t("Hold")}
    press=${presses.of("hold")} hint=${isHeld ? t("The automation goes on") : t("Stop the rundown")} isOff=${isOff || !(isHeld || isOnStage)}
    onPress=${() => onPress(isHeld ? acts.resumeAll() : acts.holdAll())} />`;
}

/** @param {{doc: any, presses: any, isOff: boolean, isUrgentOff?: boolean, isShort?: boolean, may: (role: string) => boolean, onPress: (act: any) => void, onShift: (shift: any) => void}} props */
export function Acts({ doc, presses, isOff, isUrgentOff = isOff, isShort = false, onPress, onShift }) {
  const isOnStage = doc.phase === "standby" || doc.phase === "live";
  const isOver = ["closing", "done", "missed", "cancelled"].includes(doc.phase);
  return html`<section class="acts" aria-label=${t("What to do")} data-part="acts">
    ${!isShort && html`<${TakeNext} doc=${doc} presses=${presses} isOff=${isOff} onPress=${onPress} />
      <${HoldOrResume} doc=${doc} presses=${presses} isOff=${isUrgentOff} onPress=${onPress} />`}
    <${ActButton} act="skip" label=${t("Skip")} hotkey="S" press=${presses.of("skip")} hint=${t("Leave the next out")}
      isOff=${isOff || !isOnStage || !doc.next} onPress=${() => onShift({ word: "skip" })} />
    <${ActButton} act="delay" label=${t("Delay")} hotkey="D" press=${presses.of("delay")} hint=${t("Move what follows")}
      isOff=${isOff || isOver} onPress=${() => onShift({ word: "delay" })} />
    <${ActButton} act="extend" label=${t("Extend")} hotkey="E" press=${presses.of("extend")} hint=${t("Make it longer")}
      isOff=${isOff || isOver} onPress=${() => onShift({ word: "extend" })} />
  </section>`;
}

/** What cannot be undone, held down to be done. @param {any} props */
export function Danger({ doc, presses, isOff, may, onPress }) {
  const isOnStage = doc.phase === "standby" || doc.phase === "live";
  const isEarly = doc.phase === "standby" && !doc.is_live && !doc.current;
  return html`<section class="danger-row" aria-label=${t("What cannot be undone")} data-part="danger">
    <${HoldButton} name="panic" kind="panic" label=${t("Panic")} press=${presses.of("panic")} isOff=${isOff || !isOnStage}
      hint=${t("Hold: {scene} on air", { scene: doc.fallback_scene ?? "" })} onPress=${() => onPress(acts.panic(doc))} />
    <${HoldButton} name="golive" label=${t("Go live now")} press=${presses.of("golive")} isOff=${isOff || !isEarly || !may("director")}
      onPress=${() => onPress(acts.goLive())} />
    <${HoldButton} name="end" label=${t("End show")} press=${presses.of("end")} isOff=${isOff || !isOnStage || !may("director")}
      onPress=${() => onPress(acts.endShow())} />
  </section>`;
}

/** Every scene of the studio; a press chooses, and shows its picture. @param {any} props */
export const Scenes = still(({ scenes, program, preview, next, chosen, isOff, onChoose }) => {
  const names = inOrder(scenes).map(([name]) => name);
  return html`<section class="scenes card" aria-labelledby="scenes-title" data-part="scenes">
    <header><h2 id="scenes-title">${t("Scenes")}</h2></header>
    ${names.length === 0 && html`<p class="empty faint">${t("OBS does not answer: its scenes are not known.")}</p>`}
    <div class="grid" role="group" aria-labelledby="scenes-title">
      ${names.map((name, place) => html`<button type="button" key=${name} data-scene=${name} disabled=${isOff} aria-pressed=${chosen === name}
          data-tally=${name === program ? "program" : name === (preview ?? next) ? "next" : ""} onClick=${() => onChoose(chosen === name ? "" : name)}>
        ${place < 9 && html`<kbd aria-hidden="true">${place + 1}</kbd>`}<span class="name" title=${name}>${name.slice(0, acts.NAME_SHOWN)}</span>
        <span class="tally">${name === program ? html`${icon("onair")}${t("Program")}` : name === (preview ?? next) ? html`${icon("next")}${preview ? t("Preview") : t("Next")}` : ""}</span>
      </button>`)}
    </div>
  </section>`;
});

/** Who took what is on, and what ends that. */
function overrideSaid(doc, [[, untilNext], [, untilGivenBack]]) {
  const { scene, by, stays } = doc.override;
  const lane = doc.lanes?.program;
  const rule = lane?.is_held ? told(lane.until) : stays || doc.is_held ? untilGivenBack : untilNext;
  return `${t("{scene} is on air by {who}", { scene, who: by })}: ${rule}`;
}

/** The chosen scene, and until when it stays; its place is kept when nothing is chosen. @param {any} props */
export function ChosenScene({ doc, chosen, presses, isOff, onPress, onChoose }) {
  const [rule, setRule] = useState("next-cue");
  const press = presses.of("take");
  const due = doc.next?.due ? clock(doc.next.due, doc.zone) : "";
  const rules = [["next-cue", due ? t("Until {time}, the next cue", { time: due }) : t("Until the next cue")], ["released", t("Until it is given back")]];
  async function take() {
    const isTaken = await onPress(acts.takeScene(chosen));
    if (!isTaken) return;
    onChoose("");
    if (rule !== "next-cue") onPress(acts.holdLane("program", rule));
  }
  if (!chosen) {
    return html`<p class="chosen idle faint" data-part="chosen">${press ? html`<span>${press.act.label}: </span><span data-stage=${press.stage} role="status">${{ pressed: t("Pressed"), sent: t("Sent, not confirmed yet"), confirmed: t("Confirmed"), unconfirmed: t("Sent, but not seen to be done") }[press.stage]}</span>`
      : doc.override ? overrideSaid(doc, rules) : t("Choose a scene to see it before it is taken.")}</p>`;
  }
  return html`<div class="chosen" data-part="chosen">
    <div class="switch" role="group" aria-label=${t("How long it stays")}>
      ${rules.map(([each, said]) => html`<button type="button" key=${each} data-until=${each} aria-pressed=${rule === each} onClick=${() => setRule(each)}>${said}</button>`)}
    </div>
    <button type="button" class="square" aria-label=${t("Cancel")} title=${t("Cancel")} onClick=${() => onChoose("")}>${icon("close")}</button>
    <button type="button" class="primary" data-act="take" disabled=${isOff} title=${chosen} onClick=${take}><span class="cut">${t("Take {scene}", { scene: chosen })}</span></button>
  </div>`;
}
