// Which line of the cue sheet are we on? The service has written the sheet; this keeps it with the running show.

import { watch } from "./live.mjs";
import { clock, html, icon, render, span, t } from "./parts.mjs";
import * as screen from "./screens.mjs";

const FOLLOWS = screen.flag("follow", true);
const RENEW_MS = 5000;

const sheet = document.querySelector("[data-sheet]");
const zone = sheet.dataset.zone;
const signs = document.getElementById("signs");
const renew = screen.renewing("[data-sheet] tbody", RENEW_MS);
let lastId = "";

const line = (id) => sheet.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
const standings = () => ({
  on_air: [icon("onair"), t("on air")],
  done: [icon("done"), t("done")],
  skipped: [icon("skip"), t("skipped")],
  dropped: [icon("dropped"), t("dropped")],
  coming: ["", ""],
});

/** What would make the sheet of the service another one than this. */
const signature = (rundown) =>
  screen
    .rows(rundown)
    .map((each) => `${each.id}\n${each.title}\n${each.scene}\n${each.planned_start}`)
    .join("\n");

function show(live) {
  const { doc } = live;
  render(html`<${screen.Signs} live=${live} zone=${zone} />`, signs);
  if (!doc || doc.show !== sheet.dataset.sheet) return;
  document.body.classList.toggle("is-doubtful", live.link !== "live");
  renew(signature(doc.rundown));
  document.querySelector("[data-phase]").textContent = screen.phase(doc.phase);
  document.querySelector("[data-ends]").textContent = clock(doc.expected_end, zone);
  const next = screen.coming(doc);
  for (const segment of screen.rows(doc.rundown)) mark(segment, next, live);
  follow(doc);
}

function mark(segment, next, live) {
  const row = line(segment.id);
  if (!row) return;
  const isNext = next?.id === segment.id;
  row.dataset.standing = isNext ? "next" : segment.standing;
  const begins = row.querySelector("[data-begins]");
  begins.textContent = segment.standing === "skipped" || segment.standing === "dropped" ? "" : clock(segment.start, zone);
  row.querySelector("[data-moves]").textContent = segment.late_by ? span(segment.late_by, { signed: true }) : "";
  const [shape, word] = isNext ? [icon("next"), t("next")] : standings()[segment.standing] ?? ["", ""];
  const left = segment.standing === "on_air" && live.doc.current?.until;
  const count = left ? span(screen.until(left, live.now())) : isNext && next.due ? span(screen.until(next.due, live.now())) : "";
  render(html`${shape} ${word} <span class="digits">${count}</span>`, row.querySelector("[data-word]"));
}

/** Keep the line on air in sight, but only as it changes: who reads elsewhere is left alone meanwhile. */
function follow(doc) {
  const id = doc.current?.id ?? "";
  if (!id || id === lastId || !FOLLOWS) return;
  lastId = id;
  line(id)?.scrollIntoView({ block: "center", behavior: "smooth" });
}

document.getElementById("print")?.addEventListener("click", () => print());
screen.dress();
screen.stayAwake();
watch("stage", show);
