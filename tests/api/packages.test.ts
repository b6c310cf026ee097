/** @file What a user installs with Millrace: licences we may pass on, and nothing that runs on install. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filesUnder, textOf } from "../docs/blocks.ts";

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}

const root = new URL("../../", import.meta.url);
const lock = JSON.parse(textOf("package-lock.json")) as {
  packages: Readonly<Record<string, Locked>>;
};
const production = Object.entries(lock.packages).filter(
  ([path, { dev }]) => path.startsWith("node_modules/") && dev !== true,
);

const allowed = new Set([
  ...["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0"],
  ...["BlueOak-1.0.0", "Unlicense"],
]);

/** Packages whose licence has no SPDX name, and where its text was read. */
const read: Readonly<Record<string, string>> = {
  "node_modules/dejavu-fonts-ttf":
    "the DejaVu licence (Bitstream Vera's terms and the public domain): free to use, embed and pass on",
};

/** The licence that a package declares where it is installed, else the one in the lock file. */
function licenceOf(path: string, locked: Locked): string {
  const manifest = new URL(`${path}/package.json`, root);
  if (!existsSync(manifest)) return locked.license ?? "none";
  const { license } = JSON.parse(readFileSync(manifest, "utf8")) as {
    license?: string | { readonly type: string };
  };
  return typeof license === "string" ? license : (license?.type ?? "none");
}

/** Whether one of the choices of a licence expression may be used. */
function isAllowed(expression: string): boolean {
  return expression
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((name) => allowed.has(name.trim())));
}

/** Packages whose script may run or not, and why: `allowScripts` keeps it from running here. */
const idle: Readonly<Record<string, string>> = {
  "node_modules/onnxruntime-node":
    "optional; its script fetches what graphics cards need, its binaries for processors are inside",
  "node_modules/protobufjs": "prints a notice about its own version, and changes nothing",
};

describe("production dependencies", () => {
  test("are installed, except for other machines' binaries", () => {
    const missing = production
      .filter(([path, { optional }]) => optional !== true && !existsSync(new URL(path, root)))
      .map(([path]) => path);
    expect(missing).toEqual([]);
  });

  test("have licences that may be passed on", () => {
    const others = production
      .map(([path, locked]) => ({ path, licence: licenceOf(path, locked) }))
      .filter(({ path, licence }) => !(path in read) && !isAllowed(licence));
    expect(others).toEqual([]);
  });

  test("run nothing when they are installed", () => {
    const scripts = ["preinstall", "install", "postinstall"];
    const running = production.filter(([path, { hasInstallScript }]) => {
      const manifest = new URL(`${path}/package.json`, root);
      if (hasInstallScript === true || !existsSync(manifest)) return hasInstallScript === true;
      const found = JSON.parse(readFileSync(manifest, "utf8")) as { scripts?: object };
      return scripts.some((script) => script in (found.scripts ?? {}));
    });
    expect(running.map(([path]) => path).sort()).toEqual(Object.keys(idle).sort());
    const { allowScripts } = JSON.parse(textOf("package.json")) as { allowScripts: object };
    expect(allowScripts).toEqual(
      Object.fromEntries(
        Object.keys(idle).map((path) => [path.replace("node_modules/", ""), false]),
      ),
    );
  });

  test("each have a line in docs/dependencies.md", () => {
    const { dependencies } = JSON.parse(textOf("package.json")) as {
      dependencies: Readonly<Record<string, string>>;
    };
    const page = textOf("docs/dependencies.md");
    expect(Object.keys(dependencies).filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
  });
});

describe("our own sources", () => {
  test("name no package registry", () => {
    const own = ["src", "tests", "scripts", "bench", "examples"].flatMap((folder) => [
      ...filesUnder(folder, ".ts"),
      ...filesUnder(folder, ".cjs"),
    ]);
    const registry =
      /registry[.]npmjs|registry[.]yarnpkg|npm[.]pkg[.]github|jsr[.]io|npmmirror[.]com/;
    expect([...own, "mill"].filter((file) => registry.test(textOf(file)))).toEqual([]);
  });

  test("are under the licence whose text is in LICENSE", () => {
    expect(textOf("package.json")).toContain('"license": "Apache-2.0"');
    expect(textOf("LICENSE")).toContain("Apache License");
    expect(existsSync(fileURLToPath(new URL("LICENSE", root)))).toBe(true);
  });
});
