// How does the show stand, at a glance? Time, the next cue, elapsed, over or under: always in the same place.
import { clock, html, icon, span, still, t, told, until, zoneName } from "./parts.mjs";
import { byHand, waitsForGo } from "./acts.mjs";
import { phaseName } from "./names.mjs";

/** A number with its name. @param {any} props */
function Figure({ name, label, value, note = "", tone = "" }) {
  return html`<div class="figure" data-figure=${name} data-tone=${tone}>
    <dt>${label}</dt>
    <dd><span class="digits">${value}</span><span class="note cut" title=${note}>${note}</span></dd>
  </div>`;
}

/** The figures of the header, which tick. @param {{live: any}} props */
function Figures({ live }) {
  const { doc } = live;
  const now = live.now();
  const over = doc.over_seconds ?? 0;
  const title = (id) => doc.rundown?.[id]?.title ?? "";
  const elapsed = doc.current ? -until(doc.current.since, now) : undefined;
  const left = doc.current?.until ? until(doc.current.until, now) : undefined;
  return html`<dl class="figures">
    ${nextFigure(doc, now, title)}
    <${Figure} name="elapsed" label=${t("Elapsed")} value=${span(elapsed)} note=${title(doc.current?.id)} />
    <${Figure} name="left" label=${t("Left")} value=${span(left)} tone=${left < 0 ? "over" : ""}
      note=${doc.current?.until ? t("until {time}", { time: clock(doc.current.until, doc.zone) }) : ""} />
    <${Figure} name="over" label=${t("To plan")} value=${span(over, { signed: true })} tone=${over > 0 ? "over" : ""}
      note=${over > 0 ? t("over") : over < 0 ? t("under") : t("on time")} />
  </dl>`;
}

/** What comes next, and in how long. @param {any} doc @param {Date} now @param {(id: string) => string} title */
export function nextFigure(doc, now, title) {
  if (doc.is_held) {
    return html`<${Figure} name="next" label=${t("Next cue")} value=${t("Held")} tone="warning" note=${title(doc.next?.id)} />`;
  }
  if (waitsForGo(doc)) {
    const since = doc.next?.waits_since ? t("for {span}", { span: span(-until(doc.next.waits_since, now)) }) : "";
    return html`<${Figure} name="next" label=${t("Waiting for GO")} value=${t("GO")} tone="warning"
      note=${[title(doc.asks?.id ?? doc.next?.id), since].filter(Boolean).join(", ")} />`;
  }
  if (doc.phase === "cancelled") return html`<${Figure} name="next" label=${t("Cancelled")} value="\u2014" note="" />`;
  if (["done", "missed"].includes(doc.phase)) {
    return html`<${Figure} name="next" label=${t("Ended")} value=${clock(doc.expected_end, doc.zone)} note="" />`;
  }
  if (!doc.is_live && !doc.current && doc.phase !== "closing") {
    return html`<${Figure} name="next" label=${t("Live in")} value=${span(until(doc.go_live, now))}
      note=${t("at {time}", { time: clock(doc.go_live, doc.zone) })} />`;
  }
  const due = doc.next?.due ?? doc.next?.expected;
  return html`<${Figure} name="next" label=${doc.next ? t("Next cue in") : t("Ends in")}
    value=${span(until(due ?? doc.expected_end, now))} note=${doc.next ? title(doc.next.id) : ""} />`;
}

/** On air or not, by which hand, and whether it is a rehearsal. @param {any} props `of`: the show, where the page does not tell */
export const Marks = still(({ of = "", phase, isLive, isRehearsal, pace, hands, link }) => html`<div class="marks">
  <span class=${`mark ${isLive ? "on-air" : phase === "standby" ? "next" : ""}`} data-mark="phase">
    ${isLive && icon("onair")}${of && html`<bdi class="of cut" title=${of}>${of}</bdi>`}${phaseName(phase)}</span>
  <span class=${`mark ${hands ? "warning" : "good"}`} data-mark="hands" title=${hands}>
    ${hands ? icon("hand") : icon("done")}${hands ? t("MANUAL") : t("AUTO")}</span>
  ${isRehearsal && html`<span class="mark warning" data-mark="rehearsal">${t("REHEARSAL")}${pace !== 1 && html` <span class="digits">${Math.round(pace * 10) / 10}\u00d7</span>`}</span>`}
  <span class=${`mark link ${link === "live" ? "good" : "warning"}`} data-mark="link" role="status">
    <i class="dot" aria-hidden="true"></i>${{ live: t("Connected"), connecting: t("Connecting"), stale: t("Stale") }[link]}</span>
</div>`);

/** @param {{live: any, tools: any}} props `tools`: the buttons of the page itself */
export function Header({ live, tools }) {
  const { doc } = live;
  return html`<header class="top" data-phase=${doc.phase}>
    <div class="what">
      <h1 class="cut" title=${doc.title}>${doc.title}</h1>
      <p class="cut quiet" title=${doc.season?.title}>${doc.season?.title}</p>
      <${Marks} phase=${doc.phase} isLive=${doc.is_live} isRehearsal=${doc.rehearsal} pace=${live.pace} link=${live.link}
        hands=${byHand(doc).join(", ")} />
    </div>
    <${Figures} live=${live} />
    <div class="now">
      <time class="digits big" data-figure="clock">${clock(live.now(), doc.zone)}</time>
      <span class="quiet">${zoneName(doc.zone, live.now())}</span>
    </div>
    <div class="tools">${tools}</div>
  </header>`;
}

/** Loud words where the page no longer knows the show. @param {{live: any}} props */
export function Lost({ live }) {
  if (live.refused === "sign_in") {
    return html`<div class="lost" role="alert">${t("You are signed out.")} <a href="/signin">${t("Sign in again")}</a></div>`;
  }
  if (live.refused === "not_allowed") return html`<div class="lost" role="alert">${t("You may not see this page.")}</div>`;
  if (live.link === "live") return null;
  if (live.link === "connecting" && live.doc && live.staleSeconds < 2) return null; // a blink is no alarm
  const words = live.link === "stale"
    ? t("STALE: nothing heard from the service. What you see is old.") : t("Connecting to the service");
  return html`<div class="lost" role="alert" data-link=${live.link}>${words}
    <span class="digits">${span(live.staleSeconds)}</span></div>`;
}

/** What is wrong or waits for somebody, with the remedy. @param {{alerts: Record<string, string>, asking: any[], trouble?: string, isRenewed: boolean}} props */
export const Alerts = still(({ alerts, asking, trouble, isRenewed }) => {
  const all = Object.values(alerts ?? {}).map(told);
  if (!all.length && !asking.length && !trouble && !isRenewed) return null;
  return html`<section class="alerts" aria-label=${t("Alerts")} data-part="alerts" tabindex="0">
    <div role="alert"><ul>
      ${trouble && html`<li class="trouble">${icon("warn")}<span>${t("Nothing can be written down: {trouble}", { trouble })}</span></li>`}
      ${isRenewed && html`<li>${icon("warn")}<span>${t("The service was renewed.")} <a href="">${t("Load this page again")}</a></span></li>`}
      ${asking}
      ${all.map((sentence) => html`<li key=${sentence}>${icon("warn")}<span>${sentence}</span></li>`)}
    </ul></div>
  </section>`;
});
