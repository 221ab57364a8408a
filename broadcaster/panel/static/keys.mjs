// Which keys does this device answer to, and is it locked? Both are kept for the device, not for the person.
import { html, options, t } from "./parts.mjs";
import { Dialog } from "./buttons.mjs";

const KEYS_OFF = "broadcaster keys off";
const UNLOCKED = "broadcaster locked";

/** A phone starts locked each time; a desk remembers. */
export function startsLocked() {
  if (options.locked) return options.locked !== "no";
  return isPhone() || remembered(UNLOCKED) === "yes";
}

/** @param {boolean} isLocked */
export const rememberLock = (isLocked) => remember(UNLOCKED, isLocked ? "yes" : "");

export const keysAreOn = () => remembered(KEYS_OFF) !== "yes";

/** @param {boolean} areOn */
export const rememberKeys = (areOn) => remember(KEYS_OFF, areOn ? "" : "yes");

export const isPhone = () => matchMedia("(max-width: 640px), (pointer: coarse) and (max-height: 480px)").matches;

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function remember(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // asked again next time
  }
}

/**
 * Call `act` with what a key means: "go", "hold", "skip", "delay", "extend", "take", "cancel", "help", or a scene's number.
 * @param {(meaning: string | number) => void} act
 * @returns {() => void} what ends it
 */
export function listen(act) {
  const MEANINGS = { " ": "go", h: "hold", s: "skip", d: "delay", e: "extend", Enter: "take", Escape: "cancel", "?": "help" };
  let isByKeyboard = false; // whether the focus was moved there by keys: then Space and Enter are the focused button's
  const onPointer = () => (isByKeyboard = false);

  function onKey(event) {
    if (event.key === "Tab") isByKeyboard = true;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.isContentEditable || target.matches("input, textarea, select")) return;
    const isButtons = event.key === " " || event.key === "Enter";
    if (isButtons && isByKeyboard && target.matches("button, a, summary")) return;
    const letter = latin(event);
    const meaning = /^[1-9]$/.test(event.key) ? Number(event.key) : MEANINGS[letter];
    if (meaning === undefined) return;
    event.preventDefault();
    if (isButtons && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    act(meaning);
  }
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onPointer, true);
  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("pointerdown", onPointer, true);
  };
}

/** The key by its place, so that H is H on a Russian or Kazakh keyboard too. */
function latin(event) {
  if (event.key.length > 1 || event.key === " " || event.key === "?") return event.key;
  if (event.code === "Slash" && event.shiftKey) return "?";
  return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key.toLowerCase();
}

/** The list of keys. @param {{areOn: boolean, onSwitch: (on: boolean) => void, onClose: () => void}} props */
export function KeysDialog({ areOn, onSwitch, onClose }) {
  const keys = [
    [t("Space"), t("Take next")], ["H", t("Hold, or resume")], ["S", t("Skip the next segment: shown first")],
    ["D", t("Delay: shown first")], ["E", t("Extend: shown first")], ["1 - 9", t("Choose a scene")],
    ["Enter", t("Take the chosen scene")], ["Esc", t("Cancel")], ["?", t("This list")],
  ];
  return html`<${Dialog} name="keys" title=${t("Keys")} onClose=${onClose}>
    <table class="keys"><tbody>${keys.map(([key, said]) => html`<tr key=${key}><th scope="row"><kbd>${key}</kbd></th><td>${said}</td></tr>`)}</tbody></table>
    <label class="check"><input type="checkbox" checked=${areOn} onChange=${(event) => onSwitch(event.target.checked)} />
      <span>${t("Keys work on this device")}</span></label>
    <p class="faint">${t("Keys do nothing while you type, while a dialog is open, and while this device is locked.")}</p>
  </${Dialog}>`;
}
