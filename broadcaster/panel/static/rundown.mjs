// What has been, what is on, what comes? Planned times beside the actual or expected ones.
import { clock, html, icon, inOrder, span, still, t, tn, told, until, useEffect, useRef } from "./parts.mjs";
import { standingName } from "./names.mjs";

const HANDS_OFF_MS = 10000;
const ICONS = { done: "done", on_air: "onair", coming: "coming", skipped: "skip", dropped: "dropped" };

/** Whether the whole page scrolls instead of the list, as on a phone. @param {HTMLElement} box */
const isPaged = (box) => getComputedStyle(box).overflowY === "visible";

/** One segment. Drawn anew only when it changes. @param {any} props */
const Row = still(({ id, row, zone, isNext, isWaiting, canEdit, onPick }) => {
  const length = until(row.end, new Date(row.start));
  const over = row.must_end ? until(row.end, new Date(row.must_end)) : 0;
  const late = row.late_by ?? 0;
  const standing = isWaiting ? t("Waits for GO") : isNext ? t("Next") : standingName(row.standing);
  const state = isNext ? "next" : row.standing;
  return html`<tr data-segment=${id} data-standing=${row.standing} data-next=${isNext} aria-current=${row.standing === "on_air" ? "true" : undefined}>
    <td class="standing" data-state=${state}><span class="chip">${icon(isNext ? "next" : ICONS[row.standing] ?? "coming")}<span class=${isNext || row.standing !== "coming" ? "" : "unseen"}>${standing}</span></span></td>
    <td class="planned digits">${clock(row.planned_start, zone)}</td>
    <td class="actual digits" data-late=${late > 0}>${clock(row.start, zone)}</td>
    <td class="late digits" data-late=${late > 0}>${late ? span(late, { signed: true }) : ""}</td>
    <td class="title">
      ${canEdit && row.standing === "coming"
        ? html`<button type="button" class="pick" title=${row.title} aria-label=${t("Delay or extend {title}", { title: row.title })} onClick=${() => onPick(id)}><span class="name">${row.title}</span></button>`
        : html`<span class="name" title=${row.title}>${row.title}</span>`}
      <span class="below">
      ${row.is_wall && html`<span class="mark" data-mark="wall" title=${t("Starts at its time, whatever comes before")}>${icon("wall")}${t("Wall")}</span>`}
      ${row.is_manual && html`<span class="mark" data-mark="manual" title=${t("Waits for GO")}>${icon("hand")}${t("GO")}</span>`}
      ${over > 0 && html`<span class="mark warning" title=${t("Runs into the next wall")}>${span(over, { signed: true })}</span>`}
      <span class="scene cut faint" title=${row.notes ?? row.scene}>${row.scene}${row.notes && html` <span class="notes">${row.notes}</span>`}</span>
      </span>
    </td>
    <td class="length digits">${row.standing === "skipped" || row.standing === "dropped" ? "" : span(length)}</td>
  </tr>`;
});

/** @param {{doc: any, canEdit: boolean, isShown: boolean, onPick: (id: string) => void}} props */
export const Rundown = still(({ doc, canEdit, isShown, onPick }) => {
  const list = useRef(null);
  const touched = useRef(-HANDS_OFF_MS);
  const isPlaced = useRef(false);
  const rows = inOrder(doc.rundown);
  const here = doc.current?.id ?? doc.next?.id;

  function toNow(isSmooth) {
    const box = list.current;
    const row = box?.querySelector(`[data-segment="${CSS.escape(here ?? "")}"]`);
    if (!row || !row.offsetParent) return;
    if (isPaged(box)) return row.scrollIntoView({ block: "center", behavior: "instant" });
    const before = row.previousElementSibling?.previousElementSibling ?? row.previousElementSibling ?? row; // what was, too
    const top = before.offsetTop - (box.querySelector("thead")?.clientHeight ?? 0);
    const still = !isSmooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }
  useEffect(() => {
    const isAlone = performance.now() - touched.current > HANDS_OFF_MS;
    if (isAlone && list.current && !isPaged(list.current)) toNow(isPlaced.current);
    isPlaced.current = true;
  }, [here, rows.length > 0]);
  useEffect(() => {
    if (isShown) toNow(false);
  }, [isShown]);
  const touch = () => (touched.current = performance.now());
  const left = rows.filter(([, row]) => row.standing === "coming").length;

  return html`<section class="rundown card" aria-labelledby="rundown-title" data-part="rundown">
    <header><h2 id="rundown-title">${t("Rundown")}</h2>
      <span class="faint">${tn("{count} segment to come", "{count} segments to come", left)}</span>
      <span class="space"></span>
      <span class="faint digits">${t("ends {time}", { time: clock(doc.expected_end, doc.zone) })}</span>
      <button type="button" class="small" onClick=${() => ((touched.current = -HANDS_OFF_MS), toNow(true))}>${t("To now")}</button>
    </header>
    ${Object.keys(doc.conflicts ?? {}).length > 0 && html`<ul class="conflicts" data-part="conflicts">
      ${Object.values(doc.conflicts).map(told).map((said) => html`<li key=${said}>${icon("warn")}<span>${said}</span></li>`)}</ul>`}
    <div class="scroll" ref=${list} tabindex="0" role="group" aria-labelledby="rundown-title" onWheel=${touch} onPointerDown=${touch} onKeyDown=${touch}>
      <table>
        <thead><tr>
          <th scope="col" class="standing">${t("State")}</th>
          <th scope="col" class="planned">${t("Planned")}</th>
          <th scope="col" class="actual">${t("Actual")}</th>
          <th scope="col" class="late"><span class="unseen">${t("Late by")}</span></th>
          <th scope="col" class="title">${t("Segment")}</th>
          <th scope="col" class="length">${t("Length")}</th>
        </tr></thead>
        <tbody>${rows.map(([id, row]) => html`<${Row} key=${id} id=${id} row=${row} zone=${doc.zone} isNext=${id === doc.next?.id}
          isWaiting=${id === doc.next?.id && Boolean(doc.next.waits_since)} canEdit=${canEdit} onPick=${onPick} />`)}</tbody>
      </table>
      ${rows.length === 0 && html`<p class="empty faint">${t("This show has no segments.")}</p>`}
    </div>
  </section>`;
});
