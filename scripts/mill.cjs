/**
 * @file The bootstrap behind `./mill`: plain JavaScript that any Node from 18 on can run. It finds or
 * fetches a Node that runs Millrace, installs the locked dependencies and builds the kernels when
 * they changed, and hands over.
 */
"use strict";
const { spawn, spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const root = path.resolve(__dirname, "..");
const windows = process.platform === "win32";
const wanted = "24";

/** Whether a version runs the sources as they are: TypeScript, node:sqlite and `await using`. */
function runsMillrace(version) {
  return Number(version.replace(/^v/, "").split(".")[0]) >= 24;
}

/** The package that carries a Node binary for this machine. */
function nodePackage() {
  const platform = windows ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}`;
}

function say(text) {
  process.stderr.write(`mill: ${text}\n`);
}

function stop(text, code = 5) {
  say(text);
  process.exit(code);
}

/** Runs npm under a Node; its output goes to the standard error, so `--json` stays clean. */
function npm(args, nodeFolder) {
  const env = { ...process.env };
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") || "PATH";
  env[key] = `${nodeFolder}${path.delimiter}${env[key] || ""}`;
  const done = spawnSync("npm", args, { cwd: root, env, stdio: ["ignore", 2, 2], shell: windows });
  if (done.error)
    stop(`npm could not be started (${done.error.message}); install npm beside Node.`);
  return done.status === 0;
}

/** The Node to use: the one running now if it is new enough, else one fetched into `.node/`. */
function rightNode() {
  if (runsMillrace(process.version)) return process.execPath;
  const folder = path.join(root, ".node", "node_modules", nodePackage());
  const binary = windows ? path.join(folder, "bin", "node.exe") : path.join(folder, "bin", "node");
  const works = () => spawnSync(binary, ["--version"], { encoding: "utf8" }).status === 0;
  if (works()) return binary;
  say(`Node ${process.version} is too old for Millrace; fetching Node ${wanted} into .node/ …`);
  const target = path.join(root, ".node");
  fs.mkdirSync(target, { recursive: true });
  const args = ["install", "--prefix", target, "--no-save", "--no-package-lock", "--no-audit"];
  npm([...args, "--no-fund", `${nodePackage()}@${wanted}`], path.dirname(process.execPath));
  if (!works())
    stop(
      `Node ${wanted} could not be fetched. Check the network, or install Node ${wanted} yourself.`,
    );
  return binary;
}

function hashFiles(files, more) {
  const hash = createHash("sha256").update(more);
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest("hex");
}

/** Does a piece of work once for the same files; a stamp remembers what it was done for. */
function once(name, fingerprint, work) {
  const stamp = path.join(root, "node_modules", `.mill-${name}`);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === fingerprint) return;
  work();
  fs.writeFileSync(stamp, fingerprint);
}

function install(node) {
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim().split(".")[0];
  const machine = `${process.platform}-${process.arch}-${version}`;
  const lock = path.join(root, "package-lock.json");
  once("install", hashFiles([lock], machine), () => {
    say("installing the locked dependencies (once) …");
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    if (!npm([...args, "--loglevel=error"], path.dirname(node)))
      stop("the dependencies could not be installed; npm's words are above. Run this again.");
  });
}

function buildKernels(node) {
  const folder = path.join(root, "src", "tensor", "kernels");
  const sources = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".as.ts"))
    .sort();
  const built = () =>
    sources.every((name) => fs.existsSync(path.join(folder, name.replace(".as.ts", ".wasm"))));
  const script = path.join(root, "scripts", "kernels.ts");
  const files = [...sources.map((name) => path.join(folder, name)), script];
  const stamp = path.join(root, "node_modules", ".mill-kernels");
  if (!built()) fs.rmSync(stamp, { force: true });
  once("kernels", hashFiles(files, "kernels"), () => {
    say("building the kernels (once) …");
    const done = spawnSync(node, [script], { cwd: root, stdio: ["ignore", 2, 2] });
    if (done.status !== 0) stop("the kernels could not be built; the reason is above.", 70);
  });
}

/** Whether a process of this machine is there. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Takes the lock file, or tells who holds it; one that is torn or given back counts as nobody. */
function takeLock(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
    return process.pid;
  } catch (error) {
    if (error.code !== "EEXIST") stop(`this folder cannot be written (${error.message}).`);
  }
  try {
    return Number(fs.readFileSync(lock, "utf8"));
  } catch {
    return 0;
  }
}

/** Does work that only one start may do at a time; others wait, and take over from a dead one. */
function alone(work) {
  const lock = path.join(root, ".mill-lock");
  let told = false;
  for (let holder = takeLock(lock); holder !== process.pid; holder = takeLock(lock)) {
    if (holder > 0 && !isAlive(holder)) fs.rmSync(lock, { force: true });
    else if (!told) say("another start is installing; waiting for it …");
    told = true;
    pause(200);
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.once("exit", release); // stop() ends the process at once
  try {
    return work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

const runUsage = `Usage: ./mill run [--check] FILE.ts [ARGUMENTS]

  Runs a TypeScript program with the right Node; \`import { openLake } from "millrace"\` is this checkout.
  Node leaves types out and does not check them: --check has them checked first, and runs nothing that is wrong.

Examples
  ./mill run examples/00-whole-flow.ts
  ./mill run --check program.ts`;

/** A program of the user's, from where the user is; it finds this checkout as `millrace`. */
function userProgram(args) {
  const [file, ...rest] = isChecked(args) ? args.slice(1) : args;
  if (file === "--help") {
    process.stdout.write(`${runUsage}\n`);
    process.exit(0);
  }
  if (file === undefined) stop(`run: name the program.\n\n${runUsage}`, 2);
  const program = path.resolve(file);
  if (!fs.existsSync(program)) stop(`run: there is no file ${program}.`, 2);
  return [...withSources, program, ...rest];
}

/** Whether the types of the program are to be checked before it runs. */
const isChecked = ([first]) => first === "--check";

/** Checks the types of a program; stops with the compiler's words where they are wrong. */
function checkTypes(node, file) {
  const script = path.join(__dirname, "check-types.ts");
  const done = spawnSync(node, [script, file], { stdio: ["ignore", 2, 2] });
  if (done.status !== 0) process.exit(done.status ?? 70);
}

/** Lets modules of the user's find this checkout as `millrace`. */
const withSources = ["--import", pathToFileURL(path.join(__dirname, "sources.mjs")).href];

/** Commands that are given a module of the user's. */
const moduleCommands = ["features"];

/** What Node is to run for each word; anything else goes to the command line of Millrace itself. */
function programOf([word, ...rest]) {
  if (word === "test") return [path.join(root, "scripts", "check.ts"), ...rest];
  if (word === "run") return userProgram(rest);
  if (word === "bench") {
    const benches = fs.readdirSync(path.join(root, "bench")).filter((name) => name.endsWith(".ts"));
    const known = benches.map((name) => name.replace(/\.ts$/, ""));
    const [name, ...more] = rest;
    if (!known.includes(name))
      stop(
        `bench: unknown bench ${JSON.stringify(name || "")}; the benches are ${known.join(", ")}.`,
        2,
      );
    return [path.join(root, "bench", `${name}.ts`), ...more];
  }
  const hook = moduleCommands.includes(word) ? withSources : [];
  const words = word === undefined ? [] : [word];
  return [...hook, path.join(root, "src", "cli", "main.ts"), ...words, ...rest];
}

function main() {
  const [word, ...args] = process.argv.slice(2);
  const program = programOf(word === undefined ? [] : [word, ...args]);
  const node = alone(() => {
    const found = rightNode();
    install(found);
    buildKernels(found);
    return found;
  });
  if (word === "run" && isChecked(args)) checkTypes(node, args[1]);
  const env = { ...process.env, MILLRACE_COMMAND: "./mill" };
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") || "PATH";
  env[key] = `${path.dirname(node)}${path.delimiter}${env[key] || ""}`;
  // A small young generation keeps the whole demo well under 600 MB, at no cost in time.
  const flags = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"];
  const child = spawn(node, [...flags, ...program], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) =>
    process.exit(signal ? 128 + (os.constants.signals[signal] || 0) : (code ?? 70)),
  );
}

main();
