// Small helps on top of htmx; every page works without this file.
const say = (text) => {
  document.getElementById("alert").textContent = text;
};
const lost = {
  ja: "通信できませんでした。接続を確かめて、もう一度お試しください。入力した内容はそのまま残っています。",
  en: "The connection failed. Check it and try again; what you entered is still here.",
};
document.addEventListener("htmx:error", () => say(lost[document.documentElement.lang]));
document.addEventListener("htmx:before:request", () => say(""));
// The browser's Back from a confirm page finds the form with what was entered.
document.addEventListener("htmx:before:history:update", ({ detail }) => {
  const draft = /^\/confirmations\/([\w-]+)$/.exec(detail.history.path);
  if (draft) history.replaceState({ htmx: true }, "", `${location.pathname}?draft=${draft[1]}`);
});
// The menus of the header close by Escape, and by a click on anything else.
const menus = () => document.querySelectorAll(".top details[open]");
document.addEventListener("click", ({ target }) => {
  if (target.closest(".menu, .menu ~ nav, .menu ~ form, .side")) return;
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of menus()) {
    if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
    menu.open = false;
  }
});
// A code can be copied where the browser has a clipboard; elsewhere it is selected by hand.
const showCopies = () => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
};
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const code = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(code);
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.replaceChildren(button.dataset.copied);
    document.getElementById("status").textContent = button.dataset.copied;
  } catch {
    // What is selected can still be copied by hand.
  }
});
document.addEventListener("htmx:after:swap", showCopies);
showCopies();
// Where tabs scroll, the present one is in view.
const showTab = () => {
  const tab = document.querySelector(".tabs [aria-current]")?.parentElement;
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetWidth / 3;
};
document.addEventListener("htmx:after:swap", showTab);
showTab();
