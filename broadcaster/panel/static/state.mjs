// How far is going live, what do the far ends say, what was posted, what is left of the quota?
import { clock, html, icon, inOrder, still, t, told } from "./parts.mjs";
import { endName, endState, healthName, lifecycleName, postName, standingOfPost, stepName } from "./names.mjs";

const CONGESTED = 0.5;
const DROPPED_PERCENT = 1;
const POSTS_SHOWN = 4;

/** The steps to live; the current one is marked. @param {{ladder: any, zone: string}} props */
export const Ladder = still(({ ladder, zone }) => html`<section class="ladder card" aria-labelledby="ladder-title" data-part="ladder">
  <header><h2 id="ladder-title">${t("Going live")}</h2></header>
  <ol>${inOrder(ladder).map(([name, step]) => html`<li key=${name} data-step=${name} data-done=${step.is_done}
      data-current=${step.is_current && !step.is_done} aria-current=${step.is_current ? "step" : undefined}>
    <span class="sign">${icon(step.is_done ? "done" : step.is_current ? "next" : "coming")}</span>
    <span class="name">${stepName(name)}</span>
    <span class="at digits faint">${step.at ? clock(step.at, zone) : step.is_current && !step.is_done ? t("now") : "\u00a0"}</span>
  </li>`)}</ol>
</section>`);

/** @param {{name: string, end: any}} props */
function End({ name, end }) {
  const isBad = end.state === "away";
  const isUnseen = isBad && end.pages === 0; // graphics are shown by pages in OBS
  const facts = [
    end.lifecycle && ["", lifecycleName(end.lifecycle), false],
    end.health && [t("health"), healthName(end.health), ["bad", "no_data"].includes(end.health)],
    end.kbps !== undefined && ["", t("{kbps} kbit/s", { kbps: Math.round(end.kbps) }), false],
    end.dropped_percent !== undefined && [t("frames dropped"), `${end.dropped_percent.toFixed(1)} %`, end.dropped_percent > DROPPED_PERCENT],
    end.congestion !== undefined && [t("congestion"), `${Math.round(end.congestion * 100)} %`, end.congestion > CONGESTED],
    end.reconnecting && ["", t("reconnecting"), true],
  ].filter(Boolean);
  return html`<li data-end=${name} data-bad=${isBad}>
    <span class="name">${end.link ? html`<a href=${/^https:\/\//.test(end.link) ? end.link : "#"} target="_blank" rel="noopener noreferrer">${endName(name)}</a>` : endName(name)}</span>
    <span class=${`mark ${isBad ? "warning" : end.state === "none" ? "" : "good"}`}>${isBad && icon("warn")}${isUnseen ? t("No page shows them") : endState(end.state)}</span>
    <span class="facts">${facts.map(([label, value, isWorrying]) => html`<span class="fact digits" data-worrying=${isWorrying}>${isWorrying ? icon("warn") : null}${label && `${label} `}${value}</span>`)}</span>
    ${end.said && html`<span class="said">${told(end.said)}</span>`}
  </li>`;
}

/** The far ends as they see it. @param {{ends: any}} props */
export const Ends = still(({ ends }) => html`<section class="ends card" aria-labelledby="ends-title" data-part="ends">
  <header><h2 id="ends-title">${t("Far ends")}</h2></header>
  <ul>${inOrder(ends).filter(([, end]) => end.state !== "none" || end.said).map(([name, end]) => html`<${End} key=${name} name=${name} end=${end} />`)}</ul>
</section>`);

/** Standings of what does not go out by itself as its time comes, and of which the word says so. */
const FORESEEN = ["only_if", "will_skip"];

/** Posts sent and to come: what went wrong and what is near, the rest on demand. @param {{posts: any, zone: string}} props */
export const Posts = still(({ posts, zone }) => {
  const all = inOrder(posts).sort(([, one], [, other]) => one.at.localeCompare(other.at));
  if (!all.length) return null;
  const isWrong = ([, post]) => post.end && post.end !== "done" && post.end !== "skipped";
  const coming = all.filter(([, post]) => !post.end && !FORESEEN.includes(post.standing));
  const shown = [...all.filter(isWrong), ...coming].slice(0, POSTS_SHOWN);
  const sent = all.filter(([, post]) => post.end === "done").length;
  return html`<section class="posts card" aria-labelledby="posts-title" data-part="posts">
    <header><h2 id="posts-title">${t("Posts")}</h2><span class="space"></span>
      <span class="faint digits">${t("{sent} of {all} sent", { sent, all: all.length })}</span></header>
    <${PostList} posts=${shown} zone=${zone} />
    <details><summary>${t("All posts")}</summary><${PostList} posts=${all} zone=${zone} /></details>
    <p class="more"><a href="/announcements">${t("Announcements")}</a></p>
  </section>`;
});

function PostList({ posts, zone }) {
  return html`<ul class="post-list">${posts.map(([id, post]) => html`<li key=${id} data-post=${id} data-end=${post.end ?? "coming"}>
    <time class="digits">${post.standing === "only_if" ? "\u2014" : clock(post.done_at ?? post.at, zone, { seconds: false })}</time>
    <span class="posted" title=${[post.what, post.channel, post.audience, told(post.why)].filter(Boolean).join(", ")}>
      <span class="cut">${post.what}</span><span class="faint cut">${[post.channel, post.audience].filter(Boolean).join(", ")}</span></span>
    <span class="ended">${post.end && post.end !== "done" && post.end !== "skipped" ? icon("warn") : post.end === "done" ? icon("done") : icon("coming")}
      ${post.end ? postName(post.end) : FORESEEN.includes(post.standing) ? standingOfPost(post.standing, post.trigger) : t("To come")}</span>
  </li>`)}</ul>`;
}

/** @param {{quota: any, zone: string}} props */
export const Quota = still(({ quota, zone }) => {
  if (!quota) return null;
  const all = quota.spent + quota.left;
  return html`<section class="quota card" aria-labelledby="quota-title" data-part="quota">
    <header><h2 id="quota-title">${t("YouTube quota")}</h2><span class="space"></span>
      <span class="faint digits">${t("{left} of {all} left", { left: quota.left, all })}</span></header>
    <meter min="0" max=${all || 1} low=${quota.kept} value=${quota.left} aria-labelledby="quota-title">${quota.left}</meter>
    <p class="faint">${t("{kept} kept for ending shows; anew at {time}", { kept: quota.kept, time: clock(quota.resets_at, zone, { seconds: false }) })}</p>
  </section>`;
});
