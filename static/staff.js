// Tells staff before they are logged out, and lets them stay; every page works without this file.
// A session ends 30 minutes after its last use, which is noted every 5 minutes; 8 hours after the
// log-in it ends in any case.
const MINUTE = 60_000;
const box = document.getElementById("alert");
const warning = (id) => document.getElementById(id);
const show = (id) => box.replaceChildren(warning(id).content.cloneNode(true));
const timers = {};
let lastUse;

const watch = (id, at) => {
  clearTimeout(timers[id]);
  timers[id] = setTimeout(show, at - Date.now(), id);
};
const watchIdle = () => watch("idle-warning", lastUse + 20 * MINUTE);
const used = () => {
  lastUse = Date.now();
  watchIdle();
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
used();
// Also a page that Back brings: its clocks had stopped.
addEventListener("pageshow", () => {
  watchIdle();
  watch("end-warning", Date.parse(warning("end-warning").dataset.ends) - 10 * MINUTE);
});

// How far an upload is. Without this the browser sends the form itself.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("progress" in form.dataset) || !form.elements.file.files.length) return;
  event.preventDefault();
  const [bar, percent] = [form.querySelector("progress"), form.querySelector("output")];
  const [button, broken] = [form.querySelector("button"), form.querySelector(".error[hidden]")];
  const request = new XMLHttpRequest();
  const running = (is) => {
    bar.parentElement.hidden = !is;
    button.disabled = is;
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    // Said in steps of a tenth, so that a screen reader has time to say it.
    const tenth = `${Math.floor((10 * loaded) / total) * 10} %`;
    if (percent.value !== tenth) percent.value = tenth;
  });
  request.addEventListener("load", () => {
    if (request.status === 200) return location.assign(request.responseURL);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.getElementById("errors")?.focus();
  });
  request.addEventListener("error", () => {
    running(false);
    broken?.removeAttribute("hidden");
  });
  // The browser's Back finds the page as it was left.
  addEventListener("pagehide", () => running(false), { once: true });
  request.open("POST", form.action);
  request.send(new FormData(form));
  broken?.setAttribute("hidden", "");
  running(true);
});
