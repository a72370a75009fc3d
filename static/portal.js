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
