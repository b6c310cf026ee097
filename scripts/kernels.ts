/**
 * @file Compiles src/tensor/kernels/*.as.ts to WebAssembly; skips those that are up to date. A kernel NAME.as.ts may
 * import the files of the folder NAME beside it.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { wasm } from "../src/tensor/adapter/web-assembly.ts";

const folder = new URL("../src/tensor/kernels/", import.meta.url);
const section = "millrace-source"; // a custom section of the .wasm with the hash of what made it
const flags = [
  "-O3",
  "--noAssert",
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=1",
  "--maximumMemory=65536",
  "--enable=simd,threads,bulk-memory",
];

const compiler = await readFile(
  new URL("../node_modules/assemblyscript/package.json", import.meta.url),
  "utf8",
);
const { version } = JSON.parse(compiler) as { version: string };
const files = await readdir(folder);
for (const file of files.filter((name) => name.endsWith(".as.ts"))) await build(file);

async function build(file: string): Promise<void> {
  const sources = await sourcesOf(file);
  const target = new URL(file.replace(".as.ts", ".wasm"), folder);
  const made = createHash("sha256")
    .update(JSON.stringify([version, flags, [...sources.values()]]))
    .digest("hex");
  if ((await madeFrom(target)) === made) return console.log(`${file} is up to date`);
  const begun = performance.now();
  const bytes = withSection(await compile(file, sources), made);
  const draft = new URL(`${target.href}.${process.pid}`);
  await writeFile(draft, bytes);
  await rename(draft, target);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `${file} → ${target.pathname.split("/").at(-1)} (${bytes.length} bytes, ${seconds} s)`,
  );
}

/** The hash inside a compiled file; undefined when there is none to read. */
async function madeFrom(target: URL): Promise<string | undefined> {
  const bytes = await readFile(target).catch(() => undefined);
  if (bytes === undefined || !wasm.validate(bytes)) return undefined;
  const [payload] = wasm.Module.customSections(await wasm.compile(bytes), section);
  return payload === undefined ? undefined : new TextDecoder().decode(payload);
}

/** The sources of a kernel by the name that the compiler asks for: the file itself, then its parts. */
async function sourcesOf(file: string): Promise<ReadonlyMap<string, string>> {
  const parts = file.replace(".as.ts", "");
  const names = await readdir(new URL(`${parts}/`, folder)).catch(() => []);
  const all = [file, ...names.sort().map((name) => `${parts}/${name}`)];
  const read = all.map(
    async (name) => [name, await readFile(new URL(name, folder), "utf8")] as const,
  );
  return new Map(await Promise.all(read));
}

async function compile(file: string, sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc"); // half a second: only when needed
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([file, "--outFile=out.wasm", ...flags], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === "out.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined)
    throw new Error(`${file} does not compile\n${stderr.toString()}`, { cause: error });
  return binary;
}

/** Appends a custom section: id 0, the length of the rest, the name with its length, the payload. */
function withSection(wasm: Uint8Array, payload: string): Uint8Array {
  const body = Buffer.concat([Buffer.from([section.length]), Buffer.from(section + payload)]);
  return Buffer.concat([wasm, Buffer.from([0]), Buffer.from([body.length]), body]);
}
