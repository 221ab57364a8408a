// Which parts of the show run by themselves, and which are in somebody's hands, whose, and until when?
import { clock, html, icon, inOrder, still, t, told, useState } from "./parts.mjs";
import { holdLane, resumeLane } from "./acts.mjs";
import { Dialog, Stage } from "./buttons.mjs";
import { laneName, returnRules } from "./names.mjs";

const ORDER = ["program", "encoder", "broadcast", "destination", "graphics", "posts", "guests"];

/** @param {any} props */
const Lane = still(({ name, lane, zone, shown, press, isOff, onHold, onResume }) => html`<li data-lane=${name} data-held=${lane.is_held}>
  <span class="lane">${laneName(name)}</span>
  <span class="hands">
    ${lane.is_held
      ? html`<span class="mark warning">${icon("hand")}${t("Held")}</span>
        <span class="by" title=${told(lane.why)}>${t("by {who}", { who: told(lane.by) || "?" })}, ${lane.until_at ? t("until {time}", { time: clock(lane.until_at, zone) }) : told(lane.until)}</span>`
      : html`<span class="mark good">${icon("done")}${t("Automatic")}</span>`}
    ${shown && html`<span class="by">${t("shows {title}", { title: shown })}</span>`}
    ${press && html`<${Stage} press=${press} />`}
  </span>
  <button type="button" data-act=${`${lane.is_held ? "resume" : "hold"}-${name}`} disabled=${isOff}
    aria-label=${lane.is_held ? t("Resume {lane}", { lane: laneName(name) }) : t("Hold {lane}", { lane: laneName(name) })}
    onClick=${() => (lane.is_held ? onResume(name) : onHold(name))}>${lane.is_held ? t("Resume") : t("Hold")}</button>
</li>`);

/** @param {{doc: any, acts: any, isOff: boolean, onPress: (act: any) => void}} props */
export function Lanes({ doc, acts, isOff, onPress }) {
  const [asking, ask] = useState("");
  const lanes = inOrder(doc.lanes).sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));
  return html`<section class="lanes card" aria-labelledby="lanes-title" data-part="lanes">
    <header><h2 id="lanes-title">${t("Lanes")}</h2></header>
    <ul>${lanes.map(([name, lane]) => html`<${Lane} key=${name} name=${name} lane=${lane} zone=${doc.zone} isOff=${isOff}
      shown=${name === "graphics" ? doc.graphics?.title : undefined} press=${acts.of(`lane:${name}`)} onHold=${ask} onResume=${(held) => onPress(resumeLane(held))} />`)}</ul>
    ${asking && html`<${Dialog} name="hold" title=${t("Hold {lane}", { lane: laneName(asking) })} onClose=${() => ask("")}>
      <p class="quiet">${t("The automation leaves it alone. When does it come back?")}</p>
      <div class="choices">
        ${returnRules().map(([rule, said]) => html`<button type="button" key=${rule} data-until=${rule}
          onClick=${() => (onPress(holdLane(asking, rule)), ask(""))}>${said}</button>`)}
      </div>
    </${Dialog}>`}
  </section>`;
}
