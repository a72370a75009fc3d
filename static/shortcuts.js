// Keys of the console: / to search, n and p to turn pages, ? for the list of them. They can be
// switched off, which a cookie of this browser keeps: signing out empties its other storage.
const list = document.getElementById("shortcuts");
const use = list.querySelector("input");
use.checked = !/(^|; )shortcuts=off(;|$)/.test(document.cookie);
use.addEventListener("change", () => {
  const kept = use.checked ? "on; Max-Age=0" : "off; Max-Age=31536000";
  const safe = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `shortcuts=${kept}; Path=/; SameSite=Strict${safe}`;
});
list.hidden = false;
const turn = (to) => document.querySelector(`main [rel=${to}]`)?.click();
const acts = {
  // On a narrow screen the search of the header lies behind the menu; a list has its own.
  "/": () =>
    [...document.querySelectorAll("[type=search]")].find((field) => field.checkVisibility())?.focus(),
  n: () => turn("next"),
  p: () => turn("prev"),
  "?": () => {
    list.open = true;
    list.firstElementChild.focus();
  },
};
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!use.checked || event.repeat || event.isComposing || !Object.hasOwn(acts, key)) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (target.closest("select, textarea, [contenteditable], input:not([type=checkbox], [type=radio])")) return;
  event.preventDefault();
  acts[key]();
});
