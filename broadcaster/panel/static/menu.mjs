// Where else can one look, in which language, and who sits here?
import { html, language, t } from "./parts.mjs";
import { Dialog } from "./buttons.mjs";
import { personName, roleName } from "./names.mjs";

const LANGUAGES = [["en", "English"], ["ru", "Русский"], ["kk", "Қазақша"]];
const A_YEAR = 365 * 24 * 3600;

const pages = () => [
  ["/backstage", t("Backstage")], ["/countdown", t("Countdown")], ["/cuesheet", t("Cue sheet")], ["/tally", t("Tally")],
  ["/season", t("Season")], ["/announcements", t("Announcements")],
];

function speak(wanted) {
  document.cookie = `broadcaster_language=${wanted}; path=/; max-age=${A_YEAR}; samesite=strict`;
  const here = new URL(location.href);
  here.searchParams.delete("lang");
  location.replace(here);
}

/** @param {{me: {name: string, role: string, can_sign_out?: boolean}, onClose: () => void}} props */
export function MenuDialog({ me, onClose }) {
  return html`<${Dialog} name="menu" title=${t("Menu")} onClose=${onClose}>
    <nav class="pages" aria-label=${t("Other pages")}>
      ${pages().map(([address, name]) => html`<a class="button" key=${address} href=${address} target="_blank">${name}</a>`)}
      ${me.role === "admin" && html`<a class="button" href="/people" target="_blank">${t("People")}</a>`}
    </nav>
    <div class="switch" role="group" aria-label=${t("Language")}>
      ${LANGUAGES.map(([code, name]) => html`<button type="button" key=${code} lang=${code} aria-pressed=${code === language} onClick=${() => speak(code)}>${name}</button>`)}
    </div>
    <form class="me" method="post" action="/signout">
      <span>${personName(me.name)} <span class="faint">${roleName(me.role)}</span></span>
      ${me.kind === "user" && html`<a class="button" href="/password">${t("Change password")}</a>`}
      ${me.can_sign_out && html`<button type="submit">${t("Sign out")}</button>`}
    </form>
  </${Dialog}>`;
}
