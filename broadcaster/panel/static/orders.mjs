// How does a press become an order, and how is it known that the order was carried out?
// Pressed: on its way. Sent: the service has taken it down. Confirmed: the show, as the far ends report it, is so.
import { t, told } from "./parts.mjs";

const CONFIRM_MS = 8000;
const SHOWN_MS = 2000;
const PATIENCE_MS = 10000;
const CATCH_UP_MS = 2000;

/** @typedef {{ok: boolean, status: number, error?: string, revision?: number, reply?: any}} Answer */

/**
 * Send an order, under a key of its own, so that the same press never counts twice.
 * @param {string} word @param {Record<string, unknown>} [body]
 * @param {{revision?: number, key?: string}} [how]
 * @returns {Promise<Answer>}
 */
export async function order(word, body = {}, { revision, key = newKey() } = {}) {
  const said = revision === undefined ? body : { ...body, revision };
  const headers = { "Content-Type": "application/json", ...(body.preview ? {} : { "Idempotency-Key": key }) };
  try {
    const response = await fetch(`/api/v1/${word}`, {
      method: "POST", headers, body: JSON.stringify(said), signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const reply = await response.json().catch(() => ({}));
    const error = response.ok ? undefined : (told(reply.said) || reply.error) ?? t("The service answered {status}.", { status: response.status });
    return { ok: response.ok, status: response.status, error, revision: reply.revision, reply };
  } catch {
    const error = t("The service did not answer: look at the show before you press again.");
    return { ok: false, status: 0, error };
  }
}

function newKey() { // randomUUID is there only over TLS or on this machine
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @typedef {object} Act what a button does
 * @property {string} slot which button shows how it goes, such as "go" or "hold:program"
 * @property {string} word the order
 * @property {string} label what it is called when something is said of it
 * @property {Record<string, unknown>} [body]
 * @property {boolean} [isSeen] refuse it when the show has moved on since the operator looked
 * @property {number} [revision] the revision they looked at, where it is not that of the document now
 * @property {(doc: any) => unknown} [meaning] what the act amounts to; while that is the same, a later revision is fine
 * @property {(doc: any) => boolean} isDone whether the show is so by now
 *
 * @typedef {{act: Act, stage: "pressed" | "sent" | "confirmed" | "unconfirmed", at: number, asked?: any}} Press
 * @typedef {{id: number, slot: string, label: string, error: string, since?: number}} Notice `since`: the seq the operator saw, when the show moved on
 */

/** All presses of this page. @param {() => void} onChange */
export function presses(onChange) {
  /** @type {Map<string, Press>} */
  const running = new Map();
  /** @type {Notice | undefined} */
  let notice;
  let doc, count = 0;
  /** @type {Set<() => void>} */
  const waiting = new Set();

  function move(slot, press) {
    if (press) running.set(slot, press);
    else running.delete(slot);
    onChange();
  }

  async function send(act, seen, key, revision) {
    const said = await order(act.word, act.body, { key, revision: act.isSeen ? revision : undefined });
    const isStale = said.status === 409 && said.revision !== undefined;
    if (!isStale || !act.meaning) return said;
    await caughtUp(said.revision);
    const isSame = JSON.stringify(act.meaning(doc)) === JSON.stringify(act.meaning(seen));
    return isSame ? order(act.word, act.body, { key, revision: doc.revision }) : said;
  }

  function caughtUp(revision) {
    if (doc.revision >= revision) return Promise.resolve();
    return new Promise((resolve) => {
      const check = () => doc.revision >= revision && end();
      const end = () => (waiting.delete(check), resolve(undefined));
      waiting.add(check);
      setTimeout(end, CATCH_UP_MS);
    });
  }

  return {
    /** Carry out an act; gives whether the service took it. @param {Act} act */
    async press(act) {
      const before = running.get(act.slot);
      if (before && (before.stage === "pressed" || before.stage === "sent")) return false;
      const seen = doc;
      notice = undefined;
      const press = { act, stage: "pressed", at: performance.now() };
      move(act.slot, press);
      const said = await send(act, seen, newKey(), act.revision ?? seen?.revision);
      if (!said.ok) {
        const isStale = said.status === 409 && said.revision !== undefined;
        notice = { id: ++count, slot: act.slot, label: act.label, error: said.error ?? "", since: isStale ? seen?.seq : undefined };
        move(act.slot, undefined);
        return false;
      }
      move(act.slot, { ...press, stage: "sent", at: performance.now() });
      setTimeout(() => this.look(doc), CONFIRM_MS + 50);
      this.look(doc);
      return true;
    },
    /** Compare with what the far ends report. @param {any} now the document */
    look(now) {
      doc = now;
      for (const check of waiting) check();
      for (const [slot, press] of running) {
        const isWaiting = press.stage === "sent" || press.stage === "unconfirmed";
        if (isWaiting && doc && press.act.isDone(doc)) {
          const done = { ...press, stage: "confirmed", at: performance.now() };
          move(slot, done);
          setTimeout(() => running.get(slot) === done && move(slot, undefined), SHOWN_MS);
        } else if (press.stage === "sent" && performance.now() - press.at > CONFIRM_MS) {
          const late = { ...press, stage: "unconfirmed" };
          move(slot, late);
          setTimeout(() => running.get(slot) === late && move(slot, undefined), CONFIRM_MS);
        }
      }
    },
    /** How it goes with a button. @param {string} slot @returns {Press | undefined} */
    of: (slot) => running.get(slot),
    /** The one thing that went wrong last. */
    notice: () => notice,
    dismiss() {
      notice = undefined;
      onChange();
    },
  };
}
