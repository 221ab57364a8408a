"""How does a page look, in what can be measured: what sticks out, what jumps, what assistive technology cannot use?"""

from importlib.resources import files
from typing import Any

from playwright.async_api import Page

SERIOUS = ("serious", "critical")

STICKS_OUT = """() => {
  const wide = document.documentElement;
  const found = wide.scrollWidth > wide.clientWidth ? [`the page is ${wide.scrollWidth} wide`] : [];
  const isCut = (each) => getComputedStyle(each).overflowX !== "visible";
  const isSeen = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".unseen");
  for (const each of document.querySelectorAll("body *")) {
    const box = each.getBoundingClientRect();
    if (!isSeen(each) || !box.width || each.closest("svg")) continue;
    let within = each.parentElement;
    while (within !== document.body && !isCut(within)) within = within.parentElement;
    const most = within === document.body ? innerWidth : Infinity;
    const name = `${each.tagName.toLowerCase()}.${each.className} "${each.textContent.trim().slice(0, 40)}"`;
    if (box.right > most + 1 || box.left < -1) found.push(`${name} reaches from ${box.left} to ${box.right}`);
    if (each.matches("button, .button") && !isCut(each) && each.scrollWidth > each.clientWidth + 1)
      found.push(`what is on ${name} is ${each.scrollWidth - each.clientWidth} too wide`);
  }
  return found;
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll("button:enabled, a.button, input:enabled, select:enabled")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(".pick, .small"))
  .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5))
  .map(([each, box]) => `${each.textContent.trim() || each.name}: ${box.width} x ${box.height}`)"""

MOVES = """() => {
  const fades = ["opacity", "visibility", "none"];
  const found = [];
  for (const each of document.querySelectorAll("*")) {
    for (const part of [undefined, "::before", "::after"]) {
      const { animationName, transitionProperty, transitionDuration } = getComputedStyle(each, part);
      const lasts = transitionDuration.split(", ").map(Number.parseFloat);
      const moved = transitionProperty.split(", ").filter((name, place) =>
        !fades.includes(name) && lasts[place % lasts.length] > 0);
      if (animationName !== "none") moved.push(animationName);
      if (moved.length) found.push(`${each.tagName}.${each.className}${part ?? ""} moves: ${moved.join(", ")}`);
    }
  }
  return found;
}"""

BOXES = """(selector) => {
  const whole = (box) => ["x", "y", "width", "height"].map((side) => Math.round(box[side] * 10) / 10).join(" ");
  return Object.fromEntries([...document.querySelectorAll(selector)].filter((each) => each.checkVisibility())
    .map((each, place) => [`${place} ${each.className}`, whole(each.getBoundingClientRect())]));
}"""


async def what_sticks_out(page: Page) -> list[str]:
    """What is wider than the screen or than its button."""
    return [f"{page.url}: {each}" for each in await page.evaluate(STICKS_OUT)]


async def targets_too_small(page: Page) -> list[str]:
    """What a thumb has to hit and is below 44 pixels."""
    return [f"{page.url}: {each}" for each in await page.evaluate(SMALL_TARGETS)]


async def what_moves(page: Page) -> list[str]:
    """What would do more than fade when it changes."""
    return [f"{page.url}: {each}" for each in await page.evaluate(MOVES)]


async def boxes(page: Page, selector: str) -> dict[str, str]:
    """Where each of those is."""
    found: dict[str, str] = await page.evaluate(BOXES, selector)
    return found


async def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical for people who use assistive technology."""
    if await page.evaluate("() => typeof window.axe") == "undefined":
        await page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    said: dict[str, Any] = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {each['id']} ({each['impact']}): {node['html'][:160]}: {node['failureSummary'][:300]}"
        for each in said["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"][:4]
    ]
