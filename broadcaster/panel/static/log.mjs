// What happened, who did it, and who is looking?
import { clock, html, inOrder, still, t, told } from "./parts.mjs";
import { personName, roleName } from "./names.mjs";

/** The newest first. @param {{log: any, zone: string}} props */
export const Log = still(({ log, zone }) => {
  const lines = Object.entries(log ?? {}).sort(([one], [other]) => Number(other) - Number(one));
  return html`<section class="log card" aria-labelledby="log-title" data-part="log">
    <header><h2 id="log-title">${t("What happened")}</h2></header>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="log-title">
      <ol>${lines.map(([seq, line]) => html`<li key=${seq} data-kind=${line.kind} data-seq=${seq}>
        <time class="digits faint">${clock(line.at, zone)}</time>
        <span class="who">${told(line.who)}</span>
        <span class="text">${told(line.text)}</span>
      </li>`)}</ol>
      ${!lines.length && html`<p class="empty faint">${t("Nothing has happened yet.")}</p>`}
    </div>
  </section>`;
});

/** What the crew should know of this show; no screen backstage gets it. @param {{notes?: string}} props */
export const Notes = still(({ notes }) => notes ? html`<section class="notes-card card" aria-labelledby="notes-title" data-part="notes">
  <header><h2 id="notes-title">${t("Notes")}</h2></header><p>${notes.trim()}</p>
</section>` : null);

/** @param {{people: any}} props */
export const People = still(({ people }) => {
  const all = inOrder(people).filter(([, person]) => person.role !== "screen");
  if (!all.length) return null;
  return html`<section class="people card" aria-labelledby="people-title" data-part="people">
    <header><h2 id="people-title">${t("Connected")}</h2></header>
    <ul>${all.map(([name, person]) => html`<li key=${name}><span class="cut" title=${personName(name)}>${personName(name)}</span>
      <span class="faint">${roleName(person.role)}${person.screens > 1 ? ` \u00d7${person.screens}` : ""}</span></li>`)}</ul>
  </section>`;
});
