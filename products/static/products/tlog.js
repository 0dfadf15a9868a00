// Checks a tlog-proof against a tlog-policy as ledger/verifier does, in its order, with its codes.
const { subtle } = crypto; // undefined without https
const LOG = 1, WITNESS = 4; // key types: Ed25519 and its cosignature
const MAX_INTEGER = 2n ** 63n - 1n; // BigInt: a Number is exact only up to 2^53
const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; // SHA-256 of nothing
// No controls, no plus, nothing of Python's str.isspace.
const NAME = /^[^\0- +\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

// What this browser lacks.
export async function missing() {
  if (!subtle) return "insecure";
  return subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => "", () => "old");
}

export class Refused extends Error {
  get code() { return this.message; }
}
function must(holds, code) {
  if (!holds) throw new Refused(code);
}

// `latin` has one character a byte.
const bytesOf = (latin) => Uint8Array.from(latin, (one) => one.charCodeAt(0));
export const encode = (text) => new TextEncoder().encode(text);
const toHex = (bytes) => Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", Uint8Array.from(bytes)));

function readUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("bad_utf8");
  }
}

function readBase64(text) {
  try {
    const data = atob(text);
    // atob forgives much; with two spellings one proof could pass as two.
    if (btoa(data) === text) return bytesOf(data);
  } catch {}
  throw new Refused("bad_base64");
}

function readDecimal(text) {
  must(/^(0|[1-9]\d{0,18})$/.test(text) && BigInt(text) <= MAX_INTEGER, "bad_number");
  return BigInt(text);
}

// name+id+base64; the id is computed from name and key.
async function parseKey(latin, kind) {
  const text = readUtf8(bytesOf(latin)), [name, id, ...rest] = text.split("+");
  must(rest.length && /^[0-9a-f]{8}$/.test(id), "bad_vkey");
  const key = readBase64(rest.join("+"));
  must(key.length === 33 && [LOG, WITNESS].includes(key[0]) && NAME.test(name), "bad_vkey");
  must(toHex(await sha256([...encode(`${name}\n`), ...key])).startsWith(id), "bad_vkey");
  must(key[0] === kind, "bad_policy");
  return { name, id, kind, text, hex: toHex(key), raw: key.slice(1), fingerprint: toHex(await sha256(encode(text))) };
}

// Whom the page trusts: a tlog-policy.
export async function parsePolicy(bytes) {
  const logs = [], witnesses = new Map(), groups = new Map(), used = new Set();
  let quorum;
  const check = (holds) => must(holds, "bad_policy");
  const isDefined = (name) => witnesses.has(name) || groups.has(name);
  const checkNew = (name) => check(name !== "none" && !isDefined(name));
  const newKey = async (latin, kind, others) => {
    const key = await parseKey(latin, kind);
    check(others.every(({ hex }) => hex !== key.hex));
    return key;
  };
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  check(bytes.length <= 1e6 && !/[\0-\x08\x0b-\x1f\x7f]/.test(text));
  for (const line of text.split("\n")) {
    const words = line.split(/[\t ]+/).filter(Boolean), count = words.length, [verb, name, value, ...members] = words;
    if (!count || verb.startsWith("#")) continue;
    if (verb === "log" && [2, 3].includes(count)) {
      logs.push(await newKey(name, LOG, logs));
    } else if (verb === "witness" && [3, 4].includes(count)) {
      checkNew(name);
      witnesses.set(name, await newKey(value, WITNESS, [...witnesses.values()]));
    } else if (verb === "group" && count > 3) {
      checkNew(name);
      for (const member of members) {
        // Counted once only: a witness in two groups could fill a quorum alone.
        check(isDefined(member) && !used.has(member));
        used.add(member);
      }
      const all = BigInt(members.length);
      const least = value === "any" ? 1n : value === "all" ? all : readDecimal(readUtf8(bytesOf(value)));
      check(least >= 1n && least <= all);
      groups.set(name, { least, members });
    } else {
      check(verb === "quorum" && count === 2 && !quorum && (name === "none" || isDefined(name)));
      quorum = name;
    }
  }
  check(quorum);
  return { logs, witnesses, groups, quorum };
}

function isMet({ witnesses, groups, quorum }, cosigners) {
  const met = new Set(["none"]);
  for (const [name, key] of witnesses) if (cosigners.has(key)) met.add(name);
  // A group names only what stands above it, so one pass in order settles them all.
  for (const [name, { least, members }] of groups)
    if (members.filter((member) => met.has(member)).length >= least) met.add(name);
  return met.has(quorum);
}

function parseProof(bytes) {
  must(bytes.length <= 2e6, "proof_too_long");
  const end = bytes.findIndex((byte, at) => byte === 10 && bytes[at + 1] === 10);
  must(end >= 0, "bad_proof");
  const lines = readUtf8(bytes.slice(0, end)).split("\n");
  must(lines.shift() === "c2sp.org/tlog-proof@v1", "bad_proof");
  const entry = lines[0]?.startsWith("extra ") ? readBase64(lines.shift().slice(6)) : null;
  must(lines[0]?.startsWith("index "), "bad_proof");
  const index = readDecimal(lines.shift().slice(6));
  must(lines.length <= 63, "wrong_path_length");
  const path = lines.map(readBase64);
  must(path.every((hash) => hash.length === 32), "wrong_hash_length");
  return { entry, index, path, checkpoint: bytes.slice(end + 2) };
}

function parseNote(bytes) {
  must(bytes.length <= 1e6, "note_too_long");
  const note = readUtf8(bytes), end = note.lastIndexOf("\n\n"), tail = note.slice(end + 2);
  must(!/[\0-\x09\x0b-\x1f]/.test(note) && end > 0 && tail.endsWith("\n"), "bad_note");
  const lines = tail.slice(0, -1).split("\n");
  must(lines.length <= 100, "too_many_signatures");
  const signatures = lines.map((line) => {
    const [dash, name, data, ...rest] = line.split(" ");
    must(dash === "\u2014" && data !== undefined && !rest.length && NAME.test(name), "bad_note");
    const blob = readBase64(data);
    must(blob.length >= 5, "bad_note");
    return { signer: `${name} ${toHex(blob.slice(0, 4))}`, blob: blob.slice(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

async function checkSignature(key, text, blob) {
  let time, message = text;
  if (key.kind === WITNESS) {
    time = BigInt(`0x0${toHex(blob.slice(0, 8))}`);
    must(time <= MAX_INTEGER, "bad_signature");
    message = `cosignature/v1\ntime ${time}\n${text}`;
    blob = blob.slice(8);
  }
  must(blob.length === 64, "bad_signature");
  const own = await subtle.importKey("raw", key.raw, "Ed25519", false, ["verify"]).catch(() => null);
  must(own && (await subtle.verify("Ed25519", own, blob, encode(message))), "bad_signature");
  return time;
}

// Who signed, and when. Strangers' lines are passed over; a known key's bad line is fatal.
async function signers({ text, signatures }, keys) {
  const known = new Map(keys.map((key) => [`${key.name} ${key.id}`, key])), found = new Map();
  for (const { signer, blob } of signatures) {
    const key = known.get(signer), time = key && (await checkSignature(key, text, blob));
    if (key && !found.has(key)) found.set(key, time);
  }
  return found;
}

async function verifyCheckpoint(bytes, policy) {
  const note = parseNote(bytes), lines = note.text.slice(0, -1).split("\n"), [origin] = lines;
  must(lines.length >= 3 && lines.every(Boolean), "bad_checkpoint");
  const size = readDecimal(lines[1]), root = readBase64(lines[2]);
  must(root.length === 32, "wrong_hash_length");
  must(size || lines[2] === EMPTY_ROOT, "bad_checkpoint");
  // A key signs only for the log it is named after, never for another log of the policy.
  const logs = policy.logs.filter((key) => key.name === origin);
  must(logs.length, "unknown_log");
  const [log] = (await signers(note, logs)).keys();
  must(log, "unsigned");
  const witnesses = await signers(note, [...policy.witnesses.values()]);
  must(isMet(policy, witnesses), "quorum_not_met");
  return { origin, size, root: toHex(root), log, witnesses };
}

// Size and root come from the verified checkpoint, never from the proof (RFC 6962, 2.1.1).
async function verifyInclusion(leaf, { index, path }, { size, root }) {
  must(index < size, "index_out_of_range");
  // Below the fork a sibling may be on either side; above it, only on the left.
  const split = index ^ (size - 1n), fork = split ? split.toString(2).length : 0;
  const expected = fork + (index >> BigInt(fork)).toString(2).replaceAll("0", "").length;
  must(path.length === expected, "wrong_path_length");
  let node = leaf;
  for (const [level, sibling] of path.entries()) {
    const isLeft = level >= fork || (index >> BigInt(level)) & 1n;
    node = await sha256(isLeft ? [1, ...sibling, ...node] : [1, ...node, ...sibling]);
  }
  must(toHex(node) === root, "root_mismatch");
}

export async function verifyProof(bytes, policy) {
  const proof = parseProof(bytes), { entry, index } = proof;
  must(entry, "entry_missing");
  const checkpoint = await verifyCheckpoint(proof.checkpoint, policy);
  await verifyInclusion(await sha256([0, ...entry]), proof, checkpoint);
  return { entry, index, checkpoint };
}

// A proven entry must be the statement that was asked for.
export function readStatement({ entry, index }, claim) {
  let said;
  try { said = JSON.parse(readUtf8(entry)); } catch {}
  must(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(said?.at) && Date.parse(said.at) > 0, "not_a_statement");
  must(String(index) === claim.index, "wrong_index");
  for (const part of ["kind", "subject"]) must(said[part] === claim[part], `wrong_${part}`);
  return said;
}
