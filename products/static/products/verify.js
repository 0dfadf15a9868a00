// Has tlog.js check the proofs the page lists against the policy pinned in it, and says in words what was proven.
// The words, and which step refuses with which code, stand in components/_verify.html.

// A unit code names its run, the run's statement the batch, the batch's the right: whatever is said of anything else
// does not belong to this label. Null while a link of that chain is not in the log.
function strangers(code, statements) {
  const find = (kind) => statements.find((said) => said?.kind === kind)?.data;
  const batch = find("labels.run_issued")?.batch, right = find("trace.batch_registered")?.authorisation;
  const own = [`run:${code.slice(1, 7)}`, `batch:${batch}`, `authorisation:${right}`];
  return batch && right ? statements.filter((said) => said && !own.includes(said.subject)) : null;
}

// `said` when proven, `code` when refused, neither when it could not be had: that is no verdict.
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
  const [band, steps, after] = ["[role=status]", "ol", "[data-after]"].map((part) => section.querySelector(part));
  const model = section.querySelector("template").content, { code } = section.dataset, { lang } = document.documentElement;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const words = (key, values) => fill(model.querySelector(`[data-word=${key}]`).textContent, values);
  const style = { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" };
  const time = (moment) => new Date(moment).toLocaleString(lang, style);
  const say = (tone, key, values) => {
    band.className = `alert ${tone}`;
    band.textContent = words(key, values);
  };
  steps.replaceChildren();
  const lines = [...document.querySelectorAll("[data-proof]")], all = lines.length;
  const gap = all ? await tlog.missing() : "none";
  if (gap) return say("warn", gap);
  let policy, done = 0;
  try {
    policy = await tlog.parsePolicy(tlog.encode(JSON.parse(document.querySelector("#tlog-policy").textContent)));
  } catch ({ message }) {
    return say("warn", "unusable", { message });
  }
  const results = await Promise.all(lines.map(async ({ dataset }) => {
    const result = await check(dataset, policy, tlog);
    say("note", "busy", { done: ++done, all });
    return result;
  }));

  const others = code && strangers(code, results.map(({ said }) => said));
  for (const result of results) if (others?.includes(result.said)) result.code = "wrong_subject";
  const bad = results.filter(({ code }) => code), good = results.filter(({ code, said }) => said && !code);
  const stepOf = ({ code }) => model.querySelector(`[data-codes~=${code}]`);
  // Checkpoints may differ from proof to proof: what is said of witnesses must hold for each.
  const least = good.reduce((one, other) => (other.witnesses.size < one.witnesses.size ? other : one), good[0]);
  const names = [...least?.witnesses ?? []].map(([key, at]) => `${key.name} ${time(Number(at) * 1000)}`).join("; ");
  const facts = { ...least, good: good.length, names, alone: !names, bound: others && !others[0], loose: code && !others };
  for (const step of model.querySelectorAll("li")) {
    const { mark = "✓", when, not } = step.dataset, fails = bad.some((result) => stepOf(result) === step);
    if (!fails && (!good[0] || (when && !facts[when]))) continue;
    const line = steps.appendChild(step.cloneNode());
    line.className = fails ? "bad" : "";
    line.textContent = fails ? `✗ ${not}` : `${mark} ${fill(step.textContent, facts)}`;
  }
  for (const [at, line] of lines.entries()) {
    const { said, code } = results[at], note = line.querySelector("[data-note]") ?? document.createElement("p");
    note.dataset.note = code ? "bad" : said ? "good" : "warn";
    note.className = `small ${note.dataset.note}`;
    note.textContent = code ? `✗ ${stepOf(results[at]).dataset.not} (${code})`
      : said ? `✓ ${words("line", { time: time(Date.parse(said.at)) })}` : `– ${words("lost")}`;
    line.append(note);
    line.closest("details")?.setAttribute("open", "");
  }
  const prints = policy.logs.map(({ name, fingerprint }) => `${name}: ${fingerprint.replace(/.{4}/g, "$& ")}`);
  after.querySelector("code").textContent = prints.join("\n");
  after.hidden = false;
  if (bad[0]) say("bad", "bad", { bad: bad.length, all });
  else say(...(good.length < all ? ["warn", "part"] : ["good", "good"]), { good: good.length, all });
}
