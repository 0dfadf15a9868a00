// Compiles CheckpointAnchor.sol and prints the artefact: `NODE_PATH=<node_modules> node compile.cjs`.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

const FILE = "CheckpointAnchor.sol";
const NAME = "CheckpointAnchor";
// Paris knows no PUSH0, so the same bytes run on chains that have not adopted it.
const settings = { evmVersion: "paris", optimizer: { enabled: true, runs: 200 } };

const input = {
  language: "Solidity",
  sources: { [FILE]: { content: fs.readFileSync(path.join(__dirname, FILE), "utf8") } },
  settings: { ...settings, outputSelection: { [FILE]: { [NAME]: ["abi", "evm.bytecode.object"] } } },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
if (output.errors) {
  process.stderr.write(output.errors.map((error) => error.formattedMessage).join("\n"));
  process.exit(1);
}
const contract = output.contracts[FILE][NAME];
const artefact = {
  contract: NAME,
  compiler: solc.version(),
  settings,
  abi: contract.abi,
  bytecode: `0x${contract.evm.bytecode.object}`,
};
process.stdout.write(`${JSON.stringify(artefact, null, 1)}\n`);
