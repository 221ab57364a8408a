// Every post in a line, on three clocks; a line opens to all that is known of it.
import { clock, html, icon, inOrder, spanned, still, t, tn, told } from "./parts.mjs";
import { standingOfPost, triggerName } from "./names.mjs";
import { Acts, Choices, Length, Trouble, Words, whatToDo } from "./post_acts.mjs";
import { asks, dateOf, dayName, historyOf, languageName, offsetIn, readerOf } from "./posts.mjs";

const COLUMNS = 7;
const SHAPES = {
  planned: "coming", held: "hand", waiting: "pause", sending: "next", out: "done", corrected: "done", asks: "warn", unknown: "warn",
  skipped: "skip", failed: "warn",
};
const WARNINGS = ["held", "asks", "unknown", "failed"];

/** How a post stands: a shape, a colour and a word. @param {{standing: string}} props */
export const Standing = ({ standing }) => html`<span class=${`mark ${WARNINGS.includes(standing) ? "warning" : ""}`} data-standing=${standing}>
  ${icon(SHAPES[standing] ?? "coming")}${standingOfPost(standing)}</span>`;

/** Who is meant: the place, and the language. @param {{post: any}} props */
export const Reader = ({ post }) => html`<bdi class="cut" title=${readerOf(post)}>${post.city || readerOf(post)}</bdi> <span class="faint">${post.language}</span>`;

/** The first line of a text; an empty one is not there for this reader. @param {any} post */
const beginning = (post) => (post.has_title && post.title) || (post.text ?? "").split("\n").find((line) => line.trim()) || "";

/** One post in a line. @param {any} props */
const Line = still(({ post, zone, day, isNext, isOpen, onOpen }) => {
  const away = dateOf(post.at, post.zone);
  return html`<tr class="line" data-post=${post.id} data-standing=${post.standing} data-next=${isNext} data-open=${isOpen}
      onClick=${(event) => !event.target.closest("button, a") && !getSelection()?.toString() && onOpen(post.id)}>
    <td class="c-standing"><${Standing} standing=${post.standing} />${isNext && html`<span class="mark next" data-mark="next">${icon("next")}${t("next")}</span>`}</td>
    <td class="c-local" data-label=${t("Readers")}><time class="digits" datetime=${post.at}>${clock(post.at, post.zone, { seconds: false })}</time>
      <span class="faint digits">${offsetIn(post.local)}</span>${away !== day && html` <span class="shift">${dayName(away, "day")}</span>`}</td>
    <td class="c-show digits" data-label=${t("Show")}>${clock(post.at, zone, { seconds: false })}</td>
    <td class="c-utc digits" data-label="UTC">${clock(post.at, "UTC", { seconds: false })}</td>
    <td class="c-text"><button type="button" class="pick" aria-expanded=${isOpen} onClick=${() => onOpen(post.id)}>
      <bdi class="name">${post.announcement}</bdi>${post.trigger && post.trigger !== "clock" && html` <span class="trigger">${triggerName(post.trigger)}</span>`}</button>
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
    [t("For the readers"), html`<${Instant} at=${post.at} zone=${post.zone} offset=${offsetIn(post.local)} />`],
    [t("On the show's clock"), html`<${Instant} at=${post.at} zone=${zone} />`],
    ["UTC", html`<${Instant} at=${post.at} zone="UTC" />`],
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

/** What waits for a person, above everything. @param {any} props */
export function Asking({ ids, posts, presses, may, isOff, onPress, onOpen }) {
  const all = ids.map((id) => posts.get(id)).filter((post) => post && asks(post));
  if (!all.length) return null;
  return html`<section class="asking" aria-labelledby="asking-title" data-part="asking">
    <h2 id="asking-title">${icon("warn")}${tn("{count} post waits for you", "{count} posts wait for you", all.length)}</h2>
    <ul>${all.map((post) => html`<li key=${post.id} data-asks=${post.id}>
      <p class="ask-line"><button type="button" class="pick" onClick=${() => onOpen(post.id)}><bdi class="name">${post.announcement}</bdi></button>
        <span><${Reader} post=${post} /> · <bdi>${post.channel}</bdi> · <time class="digits">${clock(post.at, post.zone, { seconds: false })} ${offsetIn(post.local)}</time></span></p>
      <p class="what-to-do">${whatToDo(post)}</p>
      ${post.text && html`<bdi class="beginning" lang=${post.language} dir="auto">${post.text}</bdi>`}
      ${may("operator") && html`<${Choices} ...${{ post, presses, isOff, onPress }} /><${Trouble} presses=${presses} slot=${`post:${post.id}`} />`}
    </li>`)}</ul>
  </section>`;
}

/** The posts of one show, day by day. @param {any} props */
export function Group({ group, posts, doc, next, open, acts, onOpen, onCancel }) {
  const show = doc.shows?.[group.show];
  const zone = show?.zone ?? doc.zone;
  const id = `show-${group.show}`;
  return html`<section class="group" aria-labelledby=${id}>
    <header><h2 id=${id}><bdi>${show?.title ?? group.show}</bdi></h2>${onCancel}</header>
    <table class="posts">
      <thead><tr><th scope="col" class="c-standing">${t("Stands")}</th><th scope="col" class="c-local">${t("Readers' clock")}</th><th scope="col" class="c-show">${t("Show's clock")}</th>
        <th scope="col" class="c-utc">UTC</th><th scope="col" class="c-text">${t("Announcement")}</th><th scope="col" class="c-reader">${t("Readers")}</th><th scope="col" class="c-channel">${t("Channel")}</th></tr></thead>
      ${group.days.map(({ day, ids }) => html`<tbody key=${day}>
        <tr class="day"><th colspan=${COLUMNS} scope="rowgroup">${dayName(day, "long")}</th></tr>
        ${ids.map((each) => posts.get(each)).filter(Boolean).map((post) => html`
          <${Line} key=${post.id} post=${post} zone=${zone} day=${day} isNext=${post.id === next} isOpen=${open.has(post.id)} onOpen=${onOpen} />
          ${open.has(post.id) && html`<tr class="opened" key=${`${post.id} open`}><td colspan=${COLUMNS}><${Detail} post=${post} zone=${zone} acts=${acts} /></td></tr>`}`)}
      </tbody>`)}
    </table>
  </section>`;
}

/** Shows in their order, for the filter. @param {any} doc @param {string[]} ids */
export const showTitles = (doc, ids) => inOrder(doc.shows).filter(([id]) => ids.includes(id)).map(([id, show]) => [id, show.title]);
