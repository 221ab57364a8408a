// By how much is a zone's clock away from UTC? The service knows; a tablet's own zone data may be years old.

/** @type {Record<string, {from: number, minutes: number}[]>} */
let known = {};
let learnt;

/**
 * Take in what the screen document says of zones.
 * @param {Record<string, Record<string, {from: string, offset_minutes: number}>> | undefined} zones
 */
export function learn(zones) {
  if (!zones || zones === learnt) return; // documents share what has not changed
  learnt = zones;
  known = Object.fromEntries(Object.entries(zones).map(([zone, offsets]) => [
    zone,
    Object.values(offsets)
      .map((each) => ({ from: Date.parse(each.from), minutes: each.offset_minutes }))
      .sort((one, other) => one.from - other.from),
  ]));
}

/** Whether the service has said how the zone's clock goes. @param {string} zone */
export const isKnown = (zone) => Object.hasOwn(known, zone);

/** Minutes that the zone's clock is ahead of UTC; undefined where the service has not said it. @param {string} zone @param {Date} at */
export function offsetAt(zone, at) {
  if (!isKnown(zone)) return undefined;
  const offsets = known[zone];
  return (offsets.filter((each) => each.from <= at.getTime()).at(-1) ?? offsets[0])?.minutes;
}
