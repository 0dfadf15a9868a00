// Keeps what is entered in a form on the device until the server has it, and sends it once when the network is back.
"use strict";
const place = document.querySelector("[data-drafts]"), form = document.querySelector("form[data-draft]");
const { owner } = place.dataset, list = place.querySelector("ul"), note = place.querySelector("[role=status]");
const word = (name, values = {}) => place.querySelector("template").content.querySelector(`[data-word=${name}]`)
  .textContent.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const isAble = "indexedDB" in window && "serviceWorker" in navigator && window.isSecureContext && "randomUUID" in crypto;

// --- the device's own store -------------------------------------------------------------------------------------------
const store = () => new Promise((done, fail) => {
  const asked = indexedDB.open("drafts", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "key" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});
const inStore = async (mode, what) => {
  const database = await store();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction("drafts", mode), asked = what(transaction.objectStore("drafts"));
      // The transaction's end, not the request's: only then it is on the disk.
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
};
const keep = (draft) => inStore("readwrite", (drafts) => drafts.put(draft));
const drop = (key) => inStore("readwrite", (drafts) => drafts.delete(key));
const mine = async () => (await inStore("readonly", (drafts) => drafts.getAll())).filter((draft) => draft.owner === owner);

// --- sending ----------------------------------------------------------------------------------------------------------
// "unreachable", "signed out" (also when somebody else is signed in), or the answer.
async function post(draft) {
  try {
    const page = await fetch(draft.path, { headers: { "Cache-Control": "no-cache" } });
    if (page.redirected) return "signed out";
    const found = new DOMParser().parseFromString(await page.text(), "text/html");
    if (found.querySelector("[data-drafts]")?.dataset.owner !== draft.owner) return "signed out";
    const body = new FormData();
    for (const [name, value] of draft.fields) body.append(name, value);
    // The key is the draft's own: sent twice, when an answer was lost, it is entered once.
    body.set("idempotency_key", draft.key);
    body.set("csrfmiddlewaretoken", found.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(draft.path, { method: "POST", body });
    return answer.redirected && new URL(answer.url).pathname.startsWith("/login") ? "signed out" : answer;
  } catch {
    return "unreachable";
  }
}

async function send(draft) {
  const answer = await post(draft);
  if (typeof answer === "string") return answer;
  if (answer.ok && answer.redirected) {
    await drop(draft.key);
    return { done: answer.url };
  }
  if (answer.status >= 500) return "unreachable";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const faults = [...page.querySelectorAll(".error, [role=alert] li")].map((element) => element.textContent.trim());
  await keep({ ...draft, refused: [...new Set(faults)].slice(0, 3).join(" ") || word("refused") });
  return "refused";
}

// One tab at a time: the others find the list shorter.
const sendAll = () => navigator.locks.request("drafts", async () => {
  for (const draft of await mine()) {
    if (draft.refused) continue;
    const how = await send(draft);
    if (how.done) note.replaceChildren(...line(word("sent", draft), how.done, word("look")).childNodes);
    if (how === "unreachable" || how === "signed out") {
      note.textContent = word(how === "unreachable" ? "waits" : "signin");
      break;
    }
  }
  await show();
});

// --- what the page shows ------------------------------------------------------------------------------------------------
function line(text, href, label) {
  const item = document.createElement("li");
  item.append(text, " ");
  if (href) item.append(Object.assign(document.createElement("a"), { href, textContent: label }));
  return item;
}

async function show() {
  const drafts = await mine();
  list.replaceChildren(...drafts.map((draft) => {
    const item = line(
      draft.refused ? `${draft.title}：${draft.refused}` : `${draft.title} · ${word("waiting")}`,
      draft.refused && `${draft.path}#${draft.key}`, word("mend"),
    );
    const away = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: word("discard") });
    away.addEventListener("click", async () => {
      if (!confirm(word("sure"))) return;
      await drop(draft.key);
      await show();
    });
    item.append(" ", away);
    return item;
  }));
  place.querySelector("section").hidden = !drafts.length;
}

function fill(draft) {
  for (const [name, value] of draft.fields) {
    const field = form.elements[name];
    if (!field || typeof value !== "string" || name === "csrfmiddlewaretoken") continue;
    if (field.type === "checkbox") field.checked = true;
    else if (field.type !== "file") field.value = value;
  }
}

// Kept first, then sent as any form is. What then fails, dies or goes unanswered is sent from here with the same key.
async function onSubmit(event) {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const { submitter } = event, key = crypto.randomUUID();
  form.elements.idempotency_key.value = key;
  if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string" || value.size);
  const title = [form.dataset.draft, form.elements.lot?.value].filter(Boolean).join(" ");
  try {
    await keep({ key, owner, path: location.pathname, title, fields });
    if (location.hash) await drop(location.hash.slice(1));
    sessionStorage.setItem("submitted", key);
  } catch { /* no room, or a private window: the form goes as it would without us */ }
  form.submit();
}

// The server has said at the fields what is wrong: nothing was entered, and the form is open to be mended.
async function settle() {
  if (form?.matches("[data-refused]")) await drop(sessionStorage.getItem("submitted") ?? "");
  sessionStorage.removeItem("submitted");
}

if (!isAble) {
  // Without https no browser may keep anything, and another one would not help.
  if (form && window.isSecureContext) note.textContent = word("unable");
} else {
  navigator.serviceWorker.register("/sw.js");
  form?.addEventListener("submit", onSubmit);
  addEventListener("online", sendAll);
  settle().then(async () => {
    if (form) (await mine()).filter(({ key }) => key === location.hash.slice(1)).forEach(fill);
    await show();
    await sendAll();
  });
}
