// Checks the proofs a page lists against the policy pinned in it. The words stand in components/_verify.html.

// A unit code names its run, the run's statement the batch, the batch's the right; a statement of what happened to the
// batch, a laboratory's report say, names it. Any other is not this label's. Null while a link is not in the log.
function strangers(code, statements) {
  const find = (kind) => statements.find((said) => said.kind === kind)?.data;
  const batch = find("labels.run_issued")?.batch, right = find("trace.batch_registered")?.authorisation;
  const own = [`run:${code.slice(1, 7)}`, `batch:${batch}`, `authorisation:${right}`];
  const isOwn = ({ kind, subject, data }) => own.includes(subject) || (kind.startsWith("trace.") && data?.batch === batch);
  return batch && right ? statements.filter((said) => !isOwn(said)) : null;
}

// `said` when proven, `code` when refused; neither when it could not be had.
async function check({ proof, ...claim }, policy, tlog) {
  try {
    const answer = await fetch(proof);
    if (!answer.ok) return {};
    const proven = await tlog.verifyProof(new Uint8Array(await answer.arrayBuffer()), policy);
    return { ...proven.checkpoint, said: tlog.readStatement(proven, claim) };
  } catch (error) {
    return error instanceof tlog.Refused ? { code: error.code } : {};
  }
}

export async function verify(section, tlog) {
  const [band, steps, after, { content: model }] = ["p[role]", "ol", "[data-after]", "template"]
    .map((part) => section.querySelector(part));
  const code = section.closest("[data-code]")?.dataset.code, locale = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const words = (key, values) => fill(model.querySelector(`[data-word=${key}]`).textContent, values);
  const style = { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" };
  const time = (moment) => new Date(moment).toLocaleString(locale, style);
  const say = (tone, key, values) => {
    band.className = `alert ${tone}`;
    band.textContent = words(key, values);
  };
  steps.replaceChildren();
  const lines = [...document.querySelectorAll("[data-proof]")], all = lines.length;
  const gap = all ? await tlog.missing() : "none";
  if (gap) return say("warn", gap);
  const pinned = tlog.encode(JSON.parse(document.querySelector("#tlog-policy").textContent));
  const policy = await tlog.parsePolicy(pinned).catch((error) => error);
  if (policy instanceof Error) return say("warn", "unusable", policy);
  let done = 0;
  const found = await Promise.all(lines.map(({ dataset }) => check(dataset, policy, tlog)
    .finally(() => say("note", "busy", { done: ++done, all }))));

  const others = code && strangers(code, found.flatMap(({ said }) => said ?? []));
  for (const one of found) if (others?.includes(one.said)) one.code = "wrong_subject";
  const bad = found.filter(({ code }) => code), good = found.filter(({ code, said }) => said && !code);
  const stepOf = ({ code }) => model.querySelector(`[data-codes~=${code}]`);
  // What is said of witnesses must hold for every checkpoint.
  const least = good.reduce((one, other) => (other.witnesses.size < one.witnesses.size ? other : one), good[0]);
  const names = [...least?.witnesses ?? []].map(([key, at]) => `${key.name} ${time(Number(at) * 1000)}`).join("; ");
  const facts = { ...least, good: good.length, names, alone: !names, bound: others && !others[0], loose: code && !others };
  for (const step of model.querySelectorAll("li")) {
    const { mark = "✓", when, not } = step.dataset, fails = bad.some((one) => stepOf(one) === step);
    if (!fails && (!good[0] || (when && !facts[when]))) continue;
    const line = steps.appendChild(step.cloneNode());
    if (fails) line.className = "bad";
    line.textContent = fails ? `✗ ${not}` : `${mark} ${fill(step.textContent, facts)}`;
  }
  for (const [at, line] of lines.entries()) {
    const { said, code } = found[at], note = line.querySelector("[data-note]") ?? document.createElement("p");
    const [tone, text] = code ? ["bad", `✗ ${stepOf(found[at]).dataset.not} (${code})`]
      : said ? ["good", `✓ ${words("line", { time: time(said.at) })}`] : ["warn", `– ${words("lost")}`];
    Object.assign(note, { className: `small ${tone}`, textContent: text }).dataset.note = tone;
    line.append(note);
    line.closest("details")?.setAttribute("open", "");
  }
  const prints = policy.logs.map(({ name, fingerprint }) => `${name}: ${fingerprint.replace(/.{4}/g, "$& ")}`);
  after.querySelector("code").textContent = prints.join("\n");
  after.hidden = false;
  const [tone, key] = bad[0] ? ["bad", "bad"] : good[all - 1] ? ["good", "good"] : ["warn", "part"];
  say(tone, key, { bad: bad.length, good: good.length, all });
}
