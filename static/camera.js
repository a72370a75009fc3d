// Reads QR codes with the camera where the browser can. Their texts go into the field of the text, and
// the form sends them as it sends what a scanner types. Only the page of the photos loads this, and it
// works without.
const PART = /^LP1-([AR])-([A-Z2-7]{6})-(\d{1,3})-(\d{1,3})-/;
const PAUSE = 200;
const box = document.getElementById("camera");
const [begin, end] = box.querySelectorAll("button");
const video = box.querySelector("video");
const status = box.querySelector("[role=status]");
const field = document.getElementById("text");
let detector;
// Counts up with each start and stop, so that what a stopped run still gets is dropped.
let run = 0;
let running = false;

const say = (name, facts = {}) => {
  const text = box.dataset[name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
  // A code stays in the picture for many looks; it is said once.
  if (status.textContent !== text) status.textContent = text;
};

const show = (is) => {
  running = is;
  [begin.hidden, end.hidden, video.hidden] = [is, !is, !is];
};

const stop = (name) => {
  if (!running) return;
  run++;
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  const focused = document.activeElement === end;
  show(false);
  if (focused) begin.focus();
  say(name);
};

const read = (text) => {
  const [, maker, id, number, count] = PART.exec(text) ?? [];
  return { text, maker, number: Number(number), count: Number(count), file: `${id}/${count}` };
};

const missing = (known) =>
  Array.from({ length: known[0].count }, (_, at) => at + 1).filter(
    (number) => !known.some((part) => part.number === number),
  );

// The field may have parts from photos or a scanner. The server has the last word on all of them.
const take = (codes) => {
  const found = codes.map(({ rawValue }) => read(rawValue));
  const ours = found.filter(({ maker }) => maker === "R");
  if (!ours.length) {
    if (found.length) say(found.some(({ maker }) => maker) ? "activation" : "foreign");
    return;
  }
  const known = field.value.toUpperCase().split(/\s+/).map(read).filter(({ maker }) => maker);
  for (const part of ours) {
    if (known.length && part.file !== known[0].file) return say("mixed");
    if (known.some(({ number }) => number === part.number)) continue;
    known.push(part);
    field.value = `${field.value.trimEnd()}\n${part.text}`.trimStart();
  }
  const rest = missing(known);
  if (rest.length) {
    const { count } = known[0];
    say("progress", { read: count - rest.length, count, missing: rest.join(", ") });
    return;
  }
  stop("done");
  field.form.requestSubmit();
};

const look = async (mine) => {
  while (mine === run) {
    const codes = await detector.detect(video);
    if (mine === run) take(codes);
    await new Promise((next) => setTimeout(next, PAUSE));
  }
};

const start = async () => {
  const mine = ++run;
  show(true);
  end.focus();
  try {
    const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    const [track] = stream.getTracks();
    if (mine !== run) return track.stop();
    track.addEventListener("ended", () => mine === run && stop("impossible"));
    video.srcObject = stream;
    await video.play();
    if (mine === run) say("looking");
    await look(mine);
  } catch (error) {
    if (mine === run) stop(error.name === "NotAllowedError" ? "refused" : "impossible");
  }
};

const offer = async () => {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  const devices = await navigator.mediaDevices.enumerateDevices();
  if (!formats.includes("qr_code") || !devices.some(({ kind }) => kind === "videoinput")) return;
  detector = new BarcodeDetector({ formats: ["qr_code"] });
  box.hidden = false;
};

begin.addEventListener("click", start);
end.addEventListener("click", () => stop("stopped"));
document.addEventListener("keydown", ({ key }) => key === "Escape" && stop("stopped"));
document.addEventListener("visibilitychange", () => document.hidden && stop("stopped"));
addEventListener("pagehide", () => stop("stopped"));
// Without support there is no button; photos and the scanner remain.
offer().catch(() => {});
