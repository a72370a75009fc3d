// Tells staff before they are logged out, and lets them stay; every page works without this file.
// A session ends 30 minutes after its last use, which is noted every 5 minutes; 8 hours after the
// log-in it ends in any case.
const MINUTE = 60_000;
const box = document.getElementById("alert");
const warning = (id) => document.getElementById(id);
const show = (id) => box.replaceChildren(warning(id).content.cloneNode(true));
let idle;

const used = () => {
  clearTimeout(idle);
  idle = setTimeout(show, 20 * MINUTE, "idle-warning");
};

box.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(event.target.action, { method: "POST" }).catch(() => undefined);
  if (answer?.ok && !answer.url.includes("/login")) {
    box.replaceChildren();
    used();
  }
});
document.addEventListener("htmx:after:request", used);
const left = Date.parse(warning("end-warning").dataset.ends) - Date.now();
setTimeout(show, Math.max(0, left - 10 * MINUTE), "end-warning");
used();
