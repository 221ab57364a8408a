// Every post in a line, on three clocks; a line opens to all that is known of it.
import { clock, html, icon, inOrder, span, spanOf, spanned, still, t, tn, told, until, zoneName } from "./parts.mjs";
import { phaseName, standingOfPost, triggerName } from "./names.mjs";
import { Acts, Choices, Length, Trouble, Words, whatToDo } from "./post_acts.mjs";
import { asks, dateOf, dayName, historyOf, isOnlyIf, languageName, offsetIn, readerOf } from "./posts.mjs";

const COLUMNS = 7;
const SHAPES = {
  planned: "coming", only_if: "pause", will_skip: "skip", held: "hand", waiting: "pause", sending: "next", out: "done", corrected: "done", asks: "warn", unknown: "warn",
  skipped: "skip", failed: "warn",
};
const WARNINGS = ["held", "will_skip", "asks", "unknown", "failed"];

/** Standings of which a line says why. */
const EXPLAINED = ["will_skip", "held", "waiting", "failed"];

/** How a post stands: a shape, a colour and a word. @param {{post: any}} props */
export const Standing = ({ post: { standing, trigger } }) => html`<span class=${`mark ${WARNINGS.includes(standing) ? "warning" : ""}`} data-standing=${standing}>
  ${icon(SHAPES[standing] ?? "coming")}${standingOfPost(standing, trigger)}</span>`;

/** Whom a post is for, in words. @param {any} post */
export const readersName = (post) => (post.audience ? post.city || post.audience : t("readers of {language}", { language: post.language }));

/** Who is meant: the place and the language, or those who read a language. @param {{post: any}} props */
export const Reader = ({ post }) => html`<bdi class="cut" title=${post.audience || readersName(post)}>${readersName(post)}</bdi>${post.audience && html` <span class="faint">${post.language}</span>`}`;

/** The first line of a text; an empty one is not there for this reader. @param {any} post */
const beginning = (post) => (post.has_title && post.title) || (post.text ?? "").split("\n").find((line) => line.trim()) || "";

/** One post in a line. @param {any} props */
const Line = still(({ post, zone, day, isNext, left, isOpen, onOpen }) => {
  const away = dateOf(post.at, post.zone);
  const hasTime = !isOnlyIf(post);
  const at = (where) => (hasTime ? clock(post.at, where, { seconds: false }) : "\u2014");
  return html`<tr class="line" data-post=${post.id} data-standing=${post.standing} data-next=${isNext} data-open=${isOpen}
      onClick=${(event) => !event.target.closest("button, a") && !getSelection()?.toString() && onOpen(post.id)}>
    <td class="c-standing"><${Standing} post=${post} />${isNext && html`<span class="mark next" data-mark="next">${icon("next")}${t("next")}${left && html` <span class="digits">${left}</span>`}</span>`}</td>
    <td class="c-local" data-label=${t("Readers")}>${hasTime ? html`<time class="digits" datetime=${post.at}>${at(post.zone)}</time>
      <span class="faint digits">${offsetIn(post.local)}</span>${away !== day && html` <span class="shift">${dayName(away, "day")}</span>`}` : at(post.zone)}</td>
    <td class="c-show digits" data-label=${t("Show")}>${at(zone)}</td>
    <td class="c-utc digits" data-label="UTC">${at("UTC")}</td>
    <td class="c-text"><button type="button" class="pick" aria-expanded=${isOpen} onClick=${() => onOpen(post.id)}>
      <bdi class="name">${post.announcement}</bdi>${hasTime && post.trigger && post.trigger !== "clock" && html` <span class="trigger">${triggerName(post.trigger)}</span>`}</button>
      ${post.why && EXPLAINED.includes(post.standing) && html`<span class="why">${told(post.said)}</span>`}
      <bdi class="beginning cut" lang=${post.language} dir="auto">${beginning(post)}</bdi></td>
    <td class="c-reader"><${Reader} post=${post} /></td>
    <td class="c-channel"><bdi class="cut" title=${post.channel}>${post.channel}</bdi></td>
  </tr>`;
});

/** All that is known of a post. @param {any} props */
export function Detail({ post, zone, acts }) {
  const facts = [
    [t("Goes out"), post.trigger && post.trigger !== "clock" ? triggerName(post.trigger) : undefined],
    [t("Wanted at"), post.wanted_at && t("{time}, inside quiet hours", { time: clock(post.wanted_at, post.zone, { seconds: false }) })],
    [t("For the readers"), !isOnlyIf(post) && html`<${Instant} at=${post.at} zone=${post.zone} offset=${offsetIn(post.local)} />`],
    [t("On the show's clock"), !isOnlyIf(post) && html`<${Instant} at=${post.at} zone=${zone} />`],
    ["UTC", !isOnlyIf(post) && html`<${Instant} at=${post.at} zone="UTC" />`],
    [t("Language"), languageName(post.language)],
    [t("Held by"), post.held_by],
    [t("Sent now by"), post.sent_by],
    [t("Left out by"), post.skipped_by],
    [t("Said by"), post.resolved_by],
    [t("Why"), told(post.said)],
    [t("Its number there"), post.post],
  ].filter(([, said]) => said);
  return html`<div class="detail" data-detail=${post.id}>
    <div class="said">
      ${post.text ? html`<${Words} post=${post} />${post.length !== undefined && html`<${Length} length=${post.length} most=${post.most} />`}` : html`<p class="faint">${t("The text is not shown here before it is out.")}</p>`}
      ${post.text && post.example_delay && html`<p class="faint" data-example>${t("An example: as after a delay of {span}", { span: spanned(post.example_delay) })}</p>`}
      ${post.is_edited && html`<p class="faint">${icon("hand")} ${t("In an operator's own words")}</p>`}
      ${post.picture && html`<p class="faint">${post.picture === "card" ? t("With a card that is made for it") : t("With the picture {name}", { name: post.picture })}</p>`}
      <${History} post=${post} zone=${zone} />
    </div>
    <dl class="about">${facts.map(([name, said]) => html`<div key=${name}><dt>${name}</dt><dd>${said}</dd></div>`)}</dl>
    ${acts && html`<${Acts} post=${post} ...${acts} />`}
  </div>`;
}

const Instant = ({ at, zone, offset }) => html`<time class="digits" datetime=${at}>${dayName(dateOf(at, zone))}, ${clock(at, zone)}</time>${offset && html` <span class="faint digits">${offset}</span>`}`;

/** What was said before, newest first. @param {any} props */
function History({ post, zone }) {
  const all = historyOf(post);
  if (!all.length) return null;
  return html`<details class="history" open=${all.length < 4}><summary>${t("What became of it")} <span class="digits">(${all.length})</span></summary>
    <ol>${all.map((each, place) => html`<li key=${place}><time class="digits faint">${clock(each.at, zone)}</time> <strong>${each.what}</strong>
      ${each.before && html`<del class="words-shown" lang=${post.language} dir="auto">${each.before}</del>`}
      ${each.text && html`<blockquote class="words-shown" lang=${post.language} dir="auto">${each.text}</blockquote>`}</li>`)}</ol></details>`;
}

/** The segment that a post is about, by its title where that is known. */
const segmentName = (doc, post) => post.segment && ((post.show === doc.show && doc.rundown?.[post.segment]?.title) || post.segment);

/** When it should have gone out, on the show's clock, and on its readers' where that is another. @param {any} props */
const Due = ({ post, zone }) => html`<time class="digits" datetime=${post.at}>${t("due {time}", { time: `${dayName(dateOf(post.at, zone))}, ${clock(post.at, zone)}` })}${
  zone !== post.zone && ` (${clock(post.at, post.zone, { seconds: false })} ${offsetIn(post.local)})`}</time>`;

/** What waits for a person, above everything. @param {any} props */
export function Asking({ ids, posts, doc, presses, may, isOff, onPress, onOpen }) {
  const all = ids.map((id) => posts.get(id)).filter((post) => post && asks(post));
  if (!all.length) return null;
  return html`<section class="asking" aria-labelledby="asking-title" data-part="asking">
    <h2 id="asking-title">${icon("warn")}${tn("{count} post waits for you", "{count} posts wait for you", all.length)}</h2>
    <ul>${all.map((post) => html`<li key=${post.id} data-asks=${post.id}>
      <p class="ask-line"><button type="button" class="pick" onClick=${() => onOpen(post.id)}><bdi class="name">${post.announcement}</bdi></button>
        <span><bdi data-asks-of>${[doc.shows?.[post.show]?.title ?? post.show, segmentName(doc, post)].filter(Boolean).join(", ")}</bdi> · <${Reader} post=${post} /> · <bdi>${post.channel}</bdi> · <${Due} post=${post} zone=${doc.shows?.[post.show]?.zone ?? doc.zone} /></span></p>
      <p class="what-to-do">${whatToDo(post)}</p>
      ${post.text && html`<bdi class="beginning" lang=${post.language} dir="auto">${post.text}</bdi>`}
      ${may("operator") && html`<${Choices} ...${{ post, presses, isOff, onPress }} /><${Trouble} presses=${presses} slot=${`post:${post.id}`} />`}
    </li>`)}</ul>
  </section>`;
}

/** When a show goes live on its own clock, by how much later than planned, and that it is cancelled. @param {any} props */
function When({ show }) {
  const goLive = show.live_at ?? show.go_live;
  const shift = show.planned_live ? until(goLive, new Date(show.planned_live)) : 0;
  const by = { span: spanned(spanOf(shift)), time: clock(show.planned_live, show.zone, { seconds: false }) };
  const isOff = show.phase === "cancelled";
  return html`<p class="when">
    <span class=${`mark ${show.phase === "live" ? "on-air" : isOff ? "warning" : ""}`} data-mark="phase-of-show">${show.phase === "live" && icon("onair")}${isOff && icon("skip")}${phaseName(show.phase)}</span>
    <span class="digits">${isOff ? html`<del>${whenOf(goLive, show.zone)}</del>` : whenOf(goLive, show.zone)}</span>
    ${!isOff && Math.abs(shift) >= 1 && html`<span class="shift" data-part="shift">${shift > 0 ? t("delayed by {span}, planned {time}", by) : t("earlier by {span}, planned {time}", by)}</span>`}
    <span class="faint">${zoneName(show.zone, new Date(goLive))}</span></p>`;
}

const whenOf = (at, zone) => `${dayName(dateOf(at, zone))}, ${clock(at, zone, { seconds: false })}`;

/** The posts of one show, day by day, and folded below them those that may never be. @param {any} props */
export function Group({ group, posts, doc, now, next, open, acts, onOpen, onCancel, isUnfolded }) {
  const show = doc.shows?.[group.show];
  const zone = show?.zone ?? doc.zone;
  const id = `show-${group.show}`;
  const line = (day) => (post) => html`
    <${Line} key=${post.id} post=${post} zone=${zone} day=${day} isNext=${post.id === next} isOpen=${open.has(post.id)} onOpen=${onOpen}
      left=${post.id === next && post.trigger === "clock" ? t("in {span}", { span: span(until(post.at, now)) }) : ""} />
    ${open.has(post.id) && html`<tr class="opened" key=${`${post.id} open`}><td colspan=${COLUMNS}><${Detail} post=${post} zone=${zone} acts=${acts} /></td></tr>`}`;
  const lines = (ids, day) => ids.map((each) => posts.get(each)).filter(Boolean).map(line(day));
  return html`<section class="group" aria-labelledby=${id} data-show=${group.show} data-phase=${show?.phase}>
    <header><div><h2 id=${id}><bdi>${show?.title ?? group.show}</bdi></h2>${show && html`<${When} show=${show} />`}</div>${onCancel}</header>
    ${group.days.length > 0 && html`<table class="posts"><${Heads} />
      ${group.days.map(({ day, ids }) => html`<tbody key=${day}>
        <tr class="day"><th colspan=${COLUMNS} scope="rowgroup">${dayName(day, "long")}</th></tr>${lines(ids, day)}
      </tbody>`)}
    </table>`}
    ${group.onlyIf.length > 0 && html`<details class="only-if" open=${isUnfolded}><summary>${t("Only if delayed or cancelled")} <span class="digits">(${group.onlyIf.length})</span></summary>
      <table class="posts"><${Heads} /><tbody>${lines(group.onlyIf, "")}</tbody></table></details>`}
  </section>`;
}

const Heads = () => html`<thead><tr><th scope="col" class="c-standing">${t("Stands")}</th><th scope="col" class="c-local">${t("Readers' clock")}</th><th scope="col" class="c-show">${t("Show's clock")}</th>
  <th scope="col" class="c-utc">UTC</th><th scope="col" class="c-text">${t("Announcement")}</th><th scope="col" class="c-reader">${t("Readers")}</th><th scope="col" class="c-channel">${t("Channel")}</th></tr></thead>`;

/** Shows in their order, for the filter. @param {any} doc @param {string[]} ids */
export const showTitles = (doc, ids) => inOrder(doc.shows).filter(([id]) => ids.includes(id)).map(([id, show]) => [id, show.title]);
