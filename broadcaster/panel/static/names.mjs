// What are phases, lanes and steps called? The words of the document, for people.
import { t } from "./parts.mjs";

const said = (names, key) => names[key] ?? key;

/** @param {string} phase */
export const phaseName = (phase) => said({
  planned: t("Planned"), preparing: t("Preparing"), ready: t("Ready"), standby: t("Standby"), live: t("On air"),
  closing: t("Closing"), done: t("Over"), missed: t("Missed"), cancelled: t("Cancelled"),
}, phase);

/** @param {string} lane */
export const laneName = (lane) => said({
  program: t("Program"), encoder: t("Encoder"), broadcast: t("YouTube"), destination: t("Destinations"),
  graphics: t("Graphics"), posts: t("Posts"), guests: t("Guests"),
}, lane);

/** @param {string} step */
export const stepName = (step) => said({
  prepared: t("Prepared"), encoder: t("Encoder"), receiving: t("Receiving"), testing: t("Testing"), live: t("Live"),
}, step);

/** @param {string} standing */
export const standingName = (standing) => said({
  done: t("Over"), on_air: t("On air"), coming: t("To come"), skipped: t("Skipped"), dropped: t("Dropped"),
}, standing);

/** @param {string} end */
export const endName = (end) => said({
  obs: "OBS", youtube: "YouTube", facebook: "Facebook", instagram: "Instagram", zoom: "Zoom", relay: t("Relay"),
  posts: t("Channels"), graphics: t("Graphics"),
}, end);

/** @param {string} lifecycle YouTube's word for how far the broadcast has come */
export const lifecycleName = (lifecycle) => said({
  created: t("created"), ready: t("ready"), test_starting: t("test starting"), testing: t("testing"),
  live_starting: t("live starting"), live: t("live"), complete: t("complete"), revoked: t("revoked"),
}, lifecycle);

/** @param {string} health YouTube's word for the video */
export const healthName = (health) => said({ good: t("good"), ok: t("ok"), bad: t("bad"), no_data: t("no data") }, health);

/** @param {string} state */
export const endState = (state) => said({
  connected: t("Connected"), away: t("Does not answer"), none: t("Not used"),
}, state);

/** @param {string} role */
export const roleName = (role) => said({
  viewer: t("viewer"), operator: t("operator"), director: t("director"), admin: t("admin"), screen: t("screen"),
}, role);

/** Who somebody is; who sits at the service's own machine has no name. @param {string} name */
export const personName = (name) => (name === "this machine" ? t("this machine") : name);

/** @param {string} end how a post ended */
export const postName = (end) => said({
  done: t("Sent"), failed: t("Failed"), skipped: t("Left out"), unknown: t("Unknown"),
}, end);

/** @param {string} standing how a post stands @param {string} [trigger] what it waits for; without one all are meant */
export const standingOfPost = (standing, trigger) => said({
  only_if: { delayed: t("Only if delayed"), cancelled: t("Only if cancelled") }[trigger] ?? t("Only if delayed or cancelled"),
  planned: t("Planned"), will_skip: t("Will be left out"), held: t("Held"), waiting: t("Waiting"), sending: t("Sending"), out: t("Out"), corrected: t("Corrected"),
  asks: t("Asks"), skipped: t("Left out"), failed: t("Failed"), unknown: t("Unknown"),
}, standing);

/** @param {string} trigger what makes a post due, where it is more than its time */
export const triggerName = (trigger) => said({
  clock: t("at its time"), live: t("once it is live"), ended: t("once it has ended"), delayed: t("if it is delayed"), cancelled: t("if it is cancelled"),
  segment: t("as a segment starts"),
}, trigger);

/** When a lane comes back: what the API takes, and how it is said. */
export const returnRules = () => [
  ["next-cue", t("Until its next cue")],
  ["5m", t("For 5 minutes")],
  ["released", t("Until it is given back")],
  ["never", t("For the rest of this show")],
];
