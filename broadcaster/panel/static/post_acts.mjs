// What may the crew do with a post, and with a show that will not be? Buttons, the words anew, the end of a show.
import { clock, html, icon, inOrder, t, told, useEffect, useRef, useState } from "./parts.mjs";
import { Dialog, HoldButton, Stage } from "./buttons.mjs";
import { NAME_SHOWN } from "./acts.mjs";
import { order } from "./orders.mjs";
import { asks } from "./posts.mjs";

const MEANT = (post) => post && [post.standing, post.text, post.title, post.held_by];

/**
 * What a button on a post does: sent with the revision that was seen, and again where only something else had moved.
 * @returns {import("./orders.mjs").Act}
 */
const act = (post, name, label, isDone, more = {}) => ({
  slot: `post:${post.id}`, word: "post", label, isSeen: true, body: { post: post.id, act: name, ...more },
  meaning: (doc) => MEANT(found(doc, post.id)), isDone: (doc) => isDone(found(doc, post.id) ?? {}),
});

/** The post in what a page knows: all posts on the page of the announcements, those of the show on the live page. */
const found = (doc, id) => doc.all?.get(id) ?? doc.posts?.[id];

const isLeftOut = (post) => post.standing === "failed" || post.standing === "skipped";

/** What was left out is sent once it is not so any more, or has come to another end. @param {any} seen @param {any} now */
const isSent = (seen, now) => (isLeftOut(seen) && isLeftOut(now) ? now.ended_at !== seen.ended_at : isGone(now));

const isGone = (post) => ["sending", "out", "corrected", "unknown", "asks", "failed"].includes(post.standing);

/** Every act by its name. @param {import("./posts.mjs").Post} post */
export const actsOn = (post) => ({
  hold: act(post, "hold", t("Hold"), (now) => Boolean(now.held_by)),
  resume: act(post, "resume", t("Resume"), (now) => !now.held_by),
  send: act(post, "send", t("Send now"), (now) => isSent(post, now)),
  skip: act(post, "skip", t("Leave out"), (now) => now.standing === "skipped" || Boolean(now.skipped_by)),
  cancel: act(post, "cancel", t("Leave out everywhere"), (now) => now.standing === "skipped" || Boolean(now.skipped_by)),
  sent: act(post, "sent", t("It is out"), (now) => now.standing === "out" || now.standing === "corrected"),
  again: act(post, "again", t("Send it again"), (now) => !asks(now)),
});

/** The words of an operator for a post. */
export const editOf = (post, words) =>
  act(post, "edit", t("New words"), (now) => now.text === words.text.trim() && (!words.title || now.title === words.title.trim()), words);

/** What went wrong with the last press, where it was pressed. @param {{presses: any, slot: string}} props */
export function Trouble({ presses, slot }) {
  const notice = presses.notice();
  if (notice?.slot !== slot) return null;
  return html`<p class="trouble" role="alert" data-part="trouble">${icon("warn")}<span><strong>${notice.label}</strong>: ${
    notice.since === undefined ? notice.error : t("not done, the show had moved on. Look again before you press.")}</span></p>`;
}

/** Both ways out for a post of which nobody knows whether it is out, or that is late and asks. @param {any} props */
export function Choices({ post, presses, isOff, onPress }) {
  const all = actsOn(post);
  const press = presses.of(`post:${post.id}`);
  const pressed = (name) => (press?.act.body?.act === name ? press : undefined);
  const isUnknown = post.asks !== "late";
  return html`<div class="post-acts">
    ${isUnknown ? html`<${HoldButton} name="sent" kind="" label=${t("It is out")} press=${pressed("sent")} isOff=${isOff} onPress=${() => onPress(all.sent)} />`
      : html`<${HoldButton} name="skip" kind="" label=${t("Leave out")} press=${pressed("skip")} isOff=${isOff} onPress=${() => onPress(all.skip)} />`}
    <${HoldButton} name=${isUnknown ? "again" : "send"} kind="panic" label=${isUnknown ? t("Send it again") : t("Send now")}
      press=${pressed(isUnknown ? "again" : "send")} isOff=${isOff} onPress=${() => onPress(isUnknown ? all.again : all.send)} />
  </div>`;
}

/** What nobody knows of a post, and what to do first. @param {any} post */
export const whatToDo = (post) => post.asks === "late"
  ? t("It is late, and nobody said whether it should still go out.")
  : t("The answer was lost, so it may be out already. Look in {channel} first.", { channel: (post.channel ?? "").slice(0, NAME_SHOWN) });

/** On the live page: the posts that wait for somebody, among its alerts. @param {any} props */
export function AskingAlerts({ posts, zone, presses, may, isOff, onPress }) {
  return inOrder(posts).filter(([, post]) => asks(post)).map(([id, post]) => html`<li key=${id} data-asks=${id}>${icon("warn")}<div class="asks">
    <span><bdi>${t("{post} to {reader}", { post: [post.what, post.segment].filter(Boolean).join(", "), reader: post.audience })}</bdi>, <span class="digits">${
      t("due {time}", { time: clock(post.at, zone) })}</span>: ${whatToDo(post)} <a href="/announcements">${t("Announcements")}</a></span>
    ${may("operator") && html`<${Choices} ...${{ post: { ...post, id }, presses, isOff, onPress }} />`}
  </div></li>`);
}

const TO_COME = ["planned", "only_if", "will_skip", "held", "waiting"];

/** The buttons below an open post: those that mean something as it stands. @param {any} props */
export function Acts({ post, presses, may, isOff, onPress, onEdit }) {
  const trouble = html`<${Trouble} presses=${presses} slot=${`post:${post.id}`} />`;
  const isOut = post.standing === "out" || post.standing === "corrected";
  if (!may("operator")) return null;
  if (asks(post)) return html`<${Choices} ...${{ post, presses, isOff, onPress }} />${trouble}`;
  if (!TO_COME.includes(post.standing) && !isLeftOut(post) && !(isOut && post.edits)) return trouble;
  const all = actsOn(post);
  const press = presses.of(`post:${post.id}`);
  const pressed = (name) => (press?.act.body?.act === name ? press : undefined);
  const plain = (name, kind, hint) => html`<button type="button" class=${`act ${kind}`} data-act=${name} data-stage=${pressed(name)?.stage ?? "idle"}
    disabled=${isOff} onClick=${() => onPress(all[name])}><span class="label">${all[name].label}</span><${Stage} press=${pressed(name)} hint=${hint} /></button>`;
  const held = (name, kind, hint) => html`<${HoldButton} name=${name} kind=${kind} label=${all[name].label} press=${pressed(name)} isOff=${isOff}
    hint=${hint} onPress=${() => onPress(all[name])} />`;
  const edit = html`<button type="button" class="act" data-act="edit" disabled=${isOff || !may("director")} onClick=${() => onEdit(post)}>
    <span class="label">${isOut ? t("Correct") : t("Edit")}</span><${Stage} press=${pressed("edit")} hint=${may("director") ? t("other words for this post") : t("for a director")} /></button>`;
  if (isOut) return html`<div class="post-acts">${edit}</div>${trouble}`;
  if (isLeftOut(post)) return html`<p class="faint" data-part="left-out">${t("It can still be sent, as long as what it says is true.")}</p><div class="post-acts">${edit}${held("send", "")}</div>${trouble}`;
  return html`<div class="post-acts">
    ${post.held_by ? plain("resume", "resume", post.why ? t("left out, its time has passed") : t("goes out at its time")) : plain("hold", "", t("until it is given back"))}
    ${edit}${held("send", "")}
    ${held("skip", "", t("this post: hold to confirm"))}
    ${held("cancel", "danger", t("all posts of it for this show: hold to confirm"))}
  </div>${trouble}`;
}

const COUNT_AFTER_MS = 250;

/** How long the text is as its channel counts, and what the channel says to it: the service knows. */
function useWeight(post, text) {
  const [seen, see] = useState({ length: post.length, most: post.most, excess: "", text: post.text });
  useEffect(() => {
    let isLate = false;
    const weigh = async () => {
      const said = await order("post", { post: post.id, act: "edit", text, preview: true });
      if (said.ok && !isLate) see({ ...said.reply, excess: told(said.reply.said) || said.reply.excess, text });
    };
    const timer = text && text !== seen.text ? setTimeout(weigh, COUNT_AFTER_MS) : 0;
    return () => (isLate = true, clearTimeout(timer));
  }, [text]);
  return { ...seen, isRefused: seen.text === text && seen.excess !== "" };
}

/** How long a text is, and by how much too long; `excess`: in what else it is too much. @param {any} props */
export function Length({ length, most, excess = "" }) {
  const isTooLong = most > 0 && length > most;
  return html`<p class="length" data-over=${isTooLong || excess !== ""}>${(isTooLong || excess) && icon("warn")}<span class="digits">${
    most > 0 ? t("{length} of {most} letters", { length, most }) : t("{length} letters", { length })}</span>
    ${isTooLong && html` <strong>${t("{count} too many", { count: length - most })}</strong>`}${!isTooLong && excess && html` <strong>${excess}</strong>`}</p>`;
}

/** The words of one post, as an operator wants them. @param {any} props */
export function EditDialog({ post, presses, onPress, onClose }) {
  const [text, type] = useState(post.text);
  const [title, name] = useState(post.title ?? "");
  const [opened, look] = useState(post);
  const field = useRef(null);
  const isMoved = post.text !== opened.text || post.title !== opened.title;
  const weight = useWeight(post, text.trim());
  const isReady = text.trim() !== "" && !weight.isRefused && !isMoved && (text.trim() !== post.text || title.trim() !== (post.title ?? ""));
  async function save(event) {
    event.preventDefault();
    if (!isReady) return;
    const words = { text: text.trim(), ...(post.has_title && title.trim() ? { title: title.trim() } : {}) };
    if (await onPress(editOf(post, words))) onClose();
  }
  return html`<${Dialog} name="edit" title=${t("New words: {announcement}, {channel}", { announcement: post.announcement, channel: post.channel.slice(0, NAME_SHOWN) })} isWide=${true} first=${field} onClose=${onClose}>
    <form onSubmit=${save} class="edit">
      <div class="scroll words">
      ${post.has_title && html`<label class="field"><span>${t("Title")}</span>
        <input type="text" name="title" lang=${post.language} maxlength="200" value=${title} onInput=${(event) => name(event.target.value)} /></label>`}
      <label class="field"><span>${t("Text, as it is to be read: nothing in it is filled in")}</span>
        <textarea ref=${field} name="text" rows="7" lang=${post.language} dir="auto" aria-describedby="edit-length" value=${text} onInput=${(event) => type(event.target.value)}></textarea></label>
      <div id="edit-length" role="status"><${Length} length=${weight.length} most=${weight.most} excess=${weight.excess} /></div>
      ${isMoved && html`<div class="trouble" role="alert"><p>${icon("warn")}<span>${t("This post has changed meanwhile. It says now:")}</span></p>
        <blockquote lang=${post.language} dir="auto">${post.text}</blockquote>
        <button type="button" onClick=${() => look(post)}>${t("Go on with my words")}</button></div>`}
      <section aria-labelledby="edit-preview"><h3 id="edit-preview">${t("As it will be read")}</h3>
        <${Words} post=${{ ...post, text: text.trim(), title: title.trim() }} /></section>
      <${Trouble} presses=${presses} slot=${`post:${post.id}`} />
      </div>
      <footer>
        <button type="button" onClick=${onClose}>${t("Cancel")}</button>
        <button type="submit" class="primary" data-act="save" aria-disabled=${!isReady}>${t("Use these words")}</button>
      </footer>
    </form>
  </${Dialog}>`;
}

/** A post as its readers see it. @param {{post: any}} props */
export const Words = ({ post }) => html`<blockquote class="words-shown" lang=${post.language} dir="auto">
  ${post.has_title && post.title && html`<strong>${post.title}</strong>`}<span>${post.text}</span></blockquote>`;

/** A show that will not be: what that changes is shown first. @param {any} props */
export function CancelDialog({ show, title, presses, isOff, onPress, onClose }) {
  const [seen, setSeen] = useState({});
  useEffect(() => {
    order("cancel", { show, preview: true }).then((said) =>
      setSeen(said.ok ? { ripple: said.reply.ripple, revision: said.reply.revision } : { error: said.error }));
  }, [show]);
  const lists = seen.ripple ? [
    [t("Cut or corrected"), seen.ripple.said?.corrections], ["YouTube", seen.ripple.said?.youtube], [t("Posts"), seen.ripple.said?.posts],
    [t("Conflicts"), seen.ripple.said?.conflicts], [t("Tell"), seen.ripple.said?.tell],
  ].filter(([, said]) => said?.length) : [];
  const slot = `cancel:${show}`;
  async function cancel() {
    const done = { slot, word: "cancel", label: t("Cancel the show"), isSeen: true, body: { show }, revision: seen.revision,
      meaning: (doc) => doc.shows?.[show]?.phase, isDone: (doc) => doc.shows?.[show]?.phase === "cancelled" };
    if (await onPress(done)) onClose();
  }
  return html`<${Dialog} name="cancel" title=${t("Cancel {title}", { title })} isWide=${true} onClose=${onClose}>
    <div class="ripple scroll" tabindex="0" role="status" aria-live="polite">
      ${seen.error ? html`<p class="error">${icon("warn")}<span>${seen.error}</span></p>`
        : !seen.ripple ? html`<p class="faint">${t("Working out what it changes")}</p>`
        : html`<p class="line">${t("The show will not take place. This cannot be undone.")}</p>
          ${lists.map(([name, said]) => html`<details class="sentences" key=${name} open=${true}><summary>${name} <span class="digits">(${said.length})</span></summary>
            <ul>${said.map(told).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul></details>`)}
          ${lists.length === 0 && html`<p class="faint">${t("Nothing that is out has to be corrected.")}</p>`}`}
    </div>
    <${Trouble} presses=${presses} slot=${slot} />
    <footer>
      <button type="button" onClick=${onClose}>${t("Let it take place")}</button>
      <${HoldButton} name="confirm-cancel" label=${t("Cancel the show")} press=${presses.of(slot)} isOff=${isOff || !seen.ripple} onPress=${cancel} />
    </footer>
  </${Dialog}>`;
}
