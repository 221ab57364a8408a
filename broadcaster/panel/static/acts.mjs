// What may the crew do, and when is it done? Every act that a button or a key can carry out.
import { t } from "./parts.mjs";
import { laneName } from "./names.mjs";

/** Letters of a name that are enough to know it by: OBS lets a scene have any number. */
export const NAME_SHOWN = 120;

/** @typedef {import("./orders.mjs").Act} Act */

/** What "next" means at this moment: the segment that would be taken, or the take that asks. */
const nextMeant = (doc) => [doc.show, doc.asks?.id, doc.next?.id, doc.current?.id];

/** @returns {Act} */
export function takeNext(doc) {
  const wanted = doc.asks?.id ?? doc.next?.id;
  const scene = doc.asks?.scene ?? doc.rundown?.[wanted]?.scene;
  return {
    slot: "go", word: "go", label: t("Take next"), isSeen: true, meaning: nextMeant,
    isDone: (now) => now.current?.id === wanted && (!now.program || now.program.scene === scene || isProgramHeld(now)),
  };
}

/** @returns {Act} */
export function skipNext(doc, revision) {
  const wanted = doc.next?.id;
  return {
    slot: "skip", word: "skip", label: t("Skip"), isSeen: true, revision, meaning: nextMeant,
    isDone: (now) => now.rundown?.[wanted]?.standing === "skipped",
  };
}

/** @returns {Act} */
export const holdAll = () => ({
  slot: "hold", word: "hold", label: t("Hold"), isDone: (now) => now.is_held,
});

/** @returns {Act} */
export const resumeAll = () => ({
  slot: "hold", word: "resume", label: t("Resume"), isDone: (now) => !now.is_held && !now.override?.stays,
});

/** @returns {Act} */
export const holdLane = (lane, until) => ({
  slot: `lane:${lane}`, word: "hold", body: { lane, until }, label: t("Hold {lane}", { lane: laneName(lane) }),
  isDone: (now) => Boolean(now.lanes?.[lane]?.is_held),
});

/** @returns {Act} */
export const resumeLane = (lane) => ({
  slot: `lane:${lane}`, word: "resume", body: { lane }, label: t("Resume {lane}", { lane: laneName(lane) }),
  isDone: (now) => !now.lanes?.[lane]?.is_held,
});

/** @returns {Act} */
export const takeScene = (scene) => ({
  slot: "take", word: "take", body: { scene }, label: t("Take {scene}", { scene: scene.slice(0, NAME_SHOWN) }),
  isDone: (now) => now.program?.scene === scene,
});

/** Show a scene on OBS's preview, where only the crew sees it. @returns {Act} */
export const previewScene = (scene) => ({
  slot: `preview:${scene}`, word: "preview", body: { scene }, label: t("Preview {scene}", { scene }),
  isDone: (now) => now.program?.preview === scene,
});

/** @returns {Act} */
export function panic(doc) {
  const scene = doc.fallback_scene;
  return { slot: "panic", word: "panic", label: t("Panic"), isDone: (now) => now.program?.scene === scene };
}

/** Start the show before its time. @returns {Act} */
export const goLive = () => ({
  slot: "golive", word: "go", label: t("Go live now"), isSeen: true, meaning: (doc) => [doc.show, doc.is_live],
  isDone: (now) => now.is_live,
});

/** @returns {Act} */
export const endShow = () => ({
  slot: "end", word: "end", label: t("End show"),
  isDone: (now) => ["closing", "done"].includes(now.phase),
});

/** Delay, extend: what was previewed is what is done. @returns {Act} */
export const shift = (word, body, revision, label) => ({
  slot: word, word, body, label, isSeen: true, revision, isDone: (now) => now.revision > revision,
});

/** @param {any} doc */
export function isProgramHeld(doc) {
  return Boolean(doc.lanes?.program?.is_held || doc.override);
}

/** Whether "take next" now means starting a segment, rather than going live before the time. */
export function canTakeNext(doc) {
  const isOnStage = doc.phase === "standby" || doc.phase === "live";
  const hasBegun = Boolean(doc.current) || doc.is_live;
  return isOnStage && Boolean(doc.asks || (doc.next && hasBegun && !doc.is_held));
}

/** What waits for a hand: the segment that waits for GO, or the take that asks. */
export function waitsForGo(doc) {
  return Boolean(doc.asks || doc.next?.waits_since);
}

/** Whether everything runs by itself, and if not, what does not. @returns {string[]} */
export function byHand(doc) {
  const held = Object.entries(doc.lanes ?? {}).filter(([, lane]) => lane.is_held).map(([name]) => laneName(name));
  if (doc.is_held) held.unshift(t("Rundown"));
  if (doc.override && !doc.lanes?.program?.is_held) held.push(t("Program"));
  return held;
}
