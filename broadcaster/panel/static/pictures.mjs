// What is on program, and what would come next? Pictures about once a second; an old one never looks like now.
import { html, t, useEffect, useRef, useState } from "./parts.mjs";

const STALE_MS = 3000;
const GONE_MS = 15000;
const AGAIN_MS = 2000;
const ABSENT_MS = 10000;

/**
 * The newest picture of an address, asked for as long as the page is seen.
 * @param {string | undefined} address @param {string | undefined} scene what it shows: of another one none is kept
 * @param {boolean} isLive whether the service is heard
 * @param {() => Date} now @param {number} pace
 */
function usePicture(address, scene, isLive, now, pace) {
  const [shot, setShot] = useState(undefined);
  const time = useRef({ now, pace });
  time.current = { now, pace };
  useEffect(() => {
    setShot(undefined);
    if (!address) return;
    const stop = new AbortController();
    let number = 0, url = "", timer = 0;
    const again = (wait) => (timer = setTimeout(ask, wait));

    async function ask() {
      if (stop.signal.aborted) return;
      if (document.hidden) return again(AGAIN_MS);
      try {
        const response = await fetch(`${address}${address.includes("?") ? "&" : "?"}after=${number}`, {
          signal: AbortSignal.any ? AbortSignal.any([stop.signal, AbortSignal.timeout(AGAIN_MS * 10)]) : stop.signal,
        });
        if (response.status !== 200) return again(response.status === 304 ? 0 : ABSENT_MS);
        const body = await response.blob();
        if (stop.signal.aborted) return;
        number = Number(response.headers.get("X-Picture") ?? number + 1);
        const taken = response.headers.get("X-Taken-At");
        const { now, pace } = time.current;
        const age = taken ? Math.max(0, now().getTime() - new Date(taken).getTime()) / pace : 0;
        URL.revokeObjectURL(url);
        url = URL.createObjectURL(body);
        setShot({ url, at: performance.now() - age });
        again(0);
      } catch {
        again(AGAIN_MS);
      }
    }
    if (isLive) ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
      URL.revokeObjectURL(url);
    };
  }, [address, scene, isLive]);
  return shot;
}

/**
 * A picture in its frame: red is on air, green is next.
 * @param {{kind: "program" | "next", address?: string, scene?: string, mark: string, isLit: boolean, live: any, empty: string, ofNow?: boolean}} props
 */
function Picture({ kind, address, scene, mark, isLit, live, empty, ofNow = true }) {
  const shot = usePicture(address, kind === "next" ? scene : undefined, live.link === "live", live.now, live.pace);
  const age = shot ? performance.now() - shot.at : 0;
  const isGone = !shot || age > GONE_MS;
  const isStale = !isGone && age > STALE_MS;
  return html`<figure class=${`picture ${kind}`} data-picture=${kind} data-lit=${isLit} data-stale=${isStale} data-gone=${isGone}>
    <div class="frame">
      ${!isGone && html`<img src=${shot.url} alt=${ofNow && isStale ? t("An old picture of {scene}", { scene }) : scene ?? ""} />`}
      ${isGone && html`<span class="no-picture">${empty}</span>`}
      ${isStale && html`<span class="old-picture" role="status">${t("Old picture: {seconds} s", { seconds: Math.floor(age / 1000) })}</span>`}
      <span class=${`mark ${kind === "program" ? (isLit ? "on-air" : "off") : "next"}`}>${mark}</span>
    </div>
    <figcaption class="cut" title=${scene}>${scene ?? "\u2013"}</figcaption>
  </figure>`;
}

/** Program and next, side by side. @param {{live: any, chosen?: string}} props */
export function Pictures({ live, chosen }) {
  const { doc } = live;
  const isOnAir = Boolean(doc.program?.is_streaming && (doc.is_live || doc.phase === "closing") && live.link === "live");
  const preview = doc.program?.preview; // in studio mode the green frame is what OBS itself shows there
  const coming = preview ?? (chosen || (doc.asks?.scene ?? doc.rundown?.[doc.next?.id]?.scene));
  const away = doc.program ? t("No picture") : t("OBS does not answer");
  return html`<div class="pictures">
    <${Picture} kind="program" live=${live} scene=${doc.program?.scene} isLit=${isOnAir} empty=${away}
      address=${doc.program ? "/api/v1/picture/program.jpg" : undefined}
      mark=${isOnAir ? t("On air") : doc.program && live.link === "live" ? t("Program, not on air") : t("Program")} />
    <${Picture} kind="next" live=${live} scene=${coming} isLit=${Boolean(coming)} empty=${coming ? away : t("Nothing follows")}
      address=${!coming || !doc.program ? undefined : preview ? "/api/v1/picture/next.jpg" : `/api/v1/picture/scene.jpg?scene=${encodeURIComponent(coming)}`}
      mark=${preview ? t("Preview") : chosen ? t("Chosen") : t("Next")} />
  </div>`;
}
