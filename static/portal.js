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
// A number typed for a product that was to be renewed unchanged asks for that number; another choice
// clears it.
document.addEventListener("input", ({ target }) => {
  const [, kind, id] = /^(q|wish)-(.+)$/.exec(target.name) ?? [];
  const choice = document.getElementById(`wish-${id}`);
  if (!choice) return;
  if (kind === "q" && choice.value === "renew" && target.value) choice.value = "change";
  if (kind === "wish" && choice.value !== "change") document.getElementById(`q-${id}`).value = "";
});
// What is typed as a password can be looked at; it is hidden again before it is sent.
const words = { ja: "表示", en: "Show" };
const offerToShow = () => {
  for (const field of document.querySelectorAll("[type=password]")) {
    if (field.nextElementSibling?.ariaPressed) continue;
    const button = document.createElement("button");
    const label = document.createElement("span");
    label.className = "hidden";
    label.textContent = ` ${field.labels[0].firstChild.textContent}`;
    button.append(words[document.documentElement.lang], label);
    button.type = "button";
    button.className = "link";
    const show = (is) => {
      field.type = is ? "text" : "password";
      button.ariaPressed = is;
    };
    show(false);
    button.addEventListener("click", () => show(field.type === "password"));
    field.form.addEventListener("submit", () => show(false));
    field.after(" ", button);
  }
};
document.addEventListener("htmx:after:swap", offerToShow);
offerToShow();
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
