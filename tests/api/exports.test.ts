/** @file The public surface: one door per room, and every change of a name is seen in review. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { doors, rooms } from "../../scripts/docs.ts";
import { type ExportedNames, exportedNames } from "./exported-names.ts";

const root = new URL("../../", import.meta.url);
const snapshot = new URL("tests/api/exports.json", root);
const update = "UPDATE_EXPORTS";
const publicRooms = doors().filter((room) => room !== "cli");

const { exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
};

const namesOf = (path: string): ExportedNames => exportedNames(fileURLToPath(new URL(path, root)));

describe("exports of package.json", () => {
  test("are the package itself, its manifest, and one door per room", () => {
    const expected = ["./package.json", ".", ...publicRooms.map((room) => `./${room}`)];
    expect(Object.keys(exports).sort()).toEqual(expected.sort());
  });

  test("point at the built door, types first", () => {
    for (const [door, target] of Object.entries(exports)) {
      if (door === "./package.json") continue;
      const folder = door === "." ? "./dist" : `./dist/${door.slice(2)}`;
      expect(Object.entries(target)).toEqual([
        ["types", `${folder}/index.d.ts`],
        ["default", `${folder}/index.js`],
      ]);
    }
  });
});

describe("exported names", () => {
  test("are those of tests/api/exports.json", () => {
    const now = Object.fromEntries(
      publicRooms.map((room) => [room, namesOf(`src/${room}/index.ts`)]),
    );
    if (process.env[update] !== undefined)
      writeFileSync(snapshot, `${JSON.stringify(now, null, 2)}\n`);
    const before: unknown = existsSync(snapshot) ? JSON.parse(readFileSync(snapshot, "utf8")) : {};
    expect(
      now,
      `a public name came, went or was renamed. If that is meant, run\n` +
        `  ${update}=1 npx vitest run tests/api\n` +
        `commit tests/api/exports.json, and write a line into CHANGELOG.md`,
    ).toEqual(before);
  });

  test("are what the rooms export at run time", async () => {
    for (const { name, door, exports: found } of await rooms())
      if (door)
        expect(namesOf(`src/${name}/index.ts`).values, name).toEqual(Object.keys(found).sort());
  });

  test("mean one thing each: no two rooms export the same name", () => {
    const all = publicRooms.flatMap((room) => {
      const { values, types } = namesOf(`src/${room}/index.ts`);
      return [...new Set([...values, ...types])].map((name) => ({ name, room }));
    });
    const twice = all.filter(({ name, room }) =>
      all.some((other) => other.name === name && other.room !== room),
    );
    expect(twice).toEqual([]);
  });
});
