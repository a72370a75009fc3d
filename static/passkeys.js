// Has the browser make or use a passkey, then sends the form with what it answered. Loaded only on
// the pages that ask for one; they name the other ways for those without it.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withBytes = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const known of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) {
    known.id = bytes(known.id);
  }
  return options;
};

const answer = ({ id, rawId, type, authenticatorAttachment, response }) => {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, authenticatorAttachment, response: parts });
};

const form = document.querySelector("form[data-passkey]");
if (form) {
  const problem = form.querySelector("[role=alert]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      const url = form.action.replace(/\/new$/, "") + "/challenges";
      const publicKey = withBytes(await (await fetch(url, { method: "POST" })).json());
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.credential.value = answer(credential);
      form.submit();
    } catch (error) {
      const kind = { InvalidStateError: "known", NotAllowedError: "failed" }[error.name];
      problem.textContent = problem.dataset[kind ?? "impossible"];
    }
  });
}
