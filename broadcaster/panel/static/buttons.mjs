// What does a button look like while its order is on the way? Pressed, sent, confirmed are shown apart.
import { html, icon, t, useEffect, useRef, useState } from "./parts.mjs";

const HOLD_MS = 1200;
const ARMED_MS = 4000;

const said = (stage) => ({
  pressed: t("Pressed"), sent: t("Sent, not confirmed yet"), confirmed: t("Confirmed"),
  unconfirmed: t("Sent, but not seen to be done"),
})[stage];

/** How it goes, under the label: always there, so that nothing jumps. @param {{press: any, hint?: any}} props */
export function Stage({ press, hint = "" }) {
  return html`<span class="stage" data-stage=${press?.stage ?? "idle"}>
    ${press ? html`<i class="dot" aria-hidden="true"></i>${said(press.stage)}` : hint}
  </span>`;
}

/** A button of an act. @param {any} props */
export function ActButton({ act, press, hint, label, name, kind = "", isOff = false, onPress, hotkey }) {
  const isBusy = press?.stage === "pressed" || press?.stage === "sent";
  return html`<button type="button" class=${`act ${kind}`} data-act=${name ?? act} data-stage=${press?.stage ?? "idle"}
      disabled=${isOff} aria-busy=${isBusy} aria-keyshortcuts=${hotkey} onClick=${onPress}>
    <span class="label">${label}</span>
    <${Stage} press=${press} hint=${hint} />
  </button>`;
}

/**
 * A button for what cannot be undone: it acts only when it is held down for a moment.
 * A screen reader's single click arms it, and a second one within four seconds acts.
 * @param {any} props
 */
export function HoldButton({ label, name, press, hint, isOff = false, kind = "danger", onPress }) {
  const [shown, show] = useState("idle");
  const stage = useRef("idle"); // known at once: a tap may be over before the button is drawn anew
  const enter = (next) => ((stage.current = next), show(next));
  const timer = useRef(0);
  const wasHeld = useRef(false);
  const stop = () => clearTimeout(timer.current);
  useEffect(() => stop, []);
  useEffect(() => {
    if (isOff) cancel();
  }, [isOff]);

  function start() {
    if (isOff || stage.current === "holding") return;
    stop();
    wasHeld.current = true;
    enter("holding");
    timer.current = setTimeout(() => {
      enter("idle");
      onPress();
    }, HOLD_MS);
  }
  function cancel() {
    stop();
    enter("idle");
  }
  function release() {
    if (stage.current !== "holding") return;
    stop();
    enter("short");
    timer.current = setTimeout(() => enter("idle"), HOLD_MS);
  }
  function click() { // comes after a release too; alone only from assistive technology
    if (wasHeld.current) wasHeld.current = false;
    else if (stage.current === "armed") {
      cancel();
      onPress();
    } else {
      stop();
      enter("armed");
      timer.current = setTimeout(() => enter("idle"), ARMED_MS);
    }
  }
  const isKey = (event) => event.key === "Enter" || event.key === " ";
  const told = {
    holding: t("Keep holding"), short: t("Too short: hold for a second"), armed: t("Press again to confirm"),
  }[shown];
  return html`<button type="button" class=${`act hold-to-confirm ${kind}`} data-act=${name} data-hold=${shown}
      data-stage=${press?.stage ?? "idle"} disabled=${isOff}
      onPointerDown=${(event) => event.button === 0 && start()} onPointerUp=${release} onPointerCancel=${cancel}
      onPointerLeave=${release} onContextMenu=${(event) => event.preventDefault()}
      onKeyDown=${(event) => isKey(event) && (event.preventDefault(), event.repeat || start())}
      onKeyUp=${(event) => isKey(event) && (event.preventDefault(), (wasHeld.current = false), release())}
      onBlur=${() => stage.current === "holding" && cancel()} onClick=${click}>
    <span class="fill" aria-hidden="true"></span>
    <span class="label">${label}</span>
    <span class="stage" role="status">${press ? said(press.stage) : told ?? hint ?? t("Hold to confirm")}</span>
  </button>`;
}

/** A dialog over the page; the browser keeps the focus in it and gives it back. @param {any} props */
export function Dialog({ title, name, onClose, children, isWide = false, first = undefined }) {
  const frame = useRef(null);
  useEffect(() => {
    const shown = frame.current;
    if (!shown.open) shown.showModal();
    first?.current?.focus(); // here, since opening moves the focus, and a redraw may let a parent's effect run before
    return () => shown.close();
  }, []);
  return html`<dialog ref=${frame} class=${isWide ? "wide" : ""} data-dialog=${name} aria-labelledby=${`${name}-title`}
      onCancel=${(event) => (event.preventDefault(), onClose())}
      onClick=${(event) => event.target === frame.current && onClose()}>
    <div class="sheet">
      <header><h2 id=${`${name}-title`}>${title}</h2>
        <button type="button" class="plain square" aria-label=${t("Close")} onClick=${onClose}>${icon("close")}</button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
