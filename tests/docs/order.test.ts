/** @file Everything that can be ordered follows the flow: exports, front door, pages, commands. */
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { doors, flowOrder, placeInFlow } from "../../scripts/docs.ts";
import { commandGroups } from "../../src/cli/commands.ts";
import { filesUnder, textOf } from "./blocks.ts";

const inFlow = (names: readonly string[]): readonly string[] =>
  [...names].sort((a, b) => placeInFlow(a) - placeInFlow(b));

/** The first group of every match. */
const all = (text: string, form: RegExp): readonly string[] =>
  [...text.matchAll(form)].map((match) => match[1] ?? "");

/** What each wall of the dependency-cruiser's rules lets through, besides the room itself and the core. */
function walls(): readonly (readonly [string, string])[] {
  const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
    forbidden: readonly { readonly name: string; readonly to: { readonly pathNot?: string } }[];
  };
  return forbidden
    .filter(({ name }) => name.endsWith("-imports-only-what-is-below"))
    .map(({ name, to }) => {
      const [room = ""] = name.split("-");
      const allowed = /\(([a-z|]+)\)\/\)$/.exec(to.pathNot ?? "")?.[1]?.split("|") ?? [];
      return [room, allowed.filter((other) => other !== room && other !== "core").join(" ")];
    });
}

const guide = filesUnder("docs/guide", ".md").filter((page) => /\/\d\d-[a-z]+\.md$/.test(page));

describe("flow order", () => {
  test("every room of src/ has its place in the flow", () => {
    expect(doors().filter((room) => !flowOrder.includes(room))).toEqual([]);
  });

  test("package.json exports the rooms in flow order", () => {
    const { exports } = JSON.parse(textOf("package.json")) as { exports: Record<string, unknown> };
    const rooms = Object.keys(exports)
      .filter((door) => door !== "." && door !== "./package.json")
      .map((door) => door.slice(2));
    expect(rooms).toEqual(inFlow(rooms));
  });

  test("the front door re-exports every room in flow order", () => {
    const named = all(textOf("src/index.ts"), /from "\.\/([a-z]+)\/index\.ts"/g);
    const rooms = named.filter((room, i) => named.indexOf(room) === i);
    expect(named).toEqual(inFlow(named));
    expect(rooms).toEqual(doors().filter((room) => room !== "cli"));
  });

  test("ARCHITECTURE.md lists every room of src/ in flow order", () => {
    const rooms = all(textOf("ARCHITECTURE.md"), /^ {2}([a-z]+)\/ /gm);
    expect(rooms).toEqual([...doors().filter((room) => room !== "cli"), "cli"]);
  });

  test("the guide has one page per room, numbered in flow order", () => {
    expect(all(guide.join("\n"), /\/\d\d-([a-z]+)\.md/g)).toEqual(
      doors().filter((room) => room !== "cli"),
    );
    expect(all(guide.join("\n"), /\/(\d\d)-/g).map(Number)).toEqual(guide.map((_, i) => i + 1));
  });

  test("the guide's index links its pages in order", () => {
    const linked = all(textOf("docs/guide/README.md"), /\]\((\d\d-[a-z]+\.md)\)/g);
    expect(linked.map((page) => `docs/guide/${page}`)).toEqual(guide);
  });

  test("the command line lists its commands in the order of the rooms they show", () => {
    const rooms = commandGroups.flatMap((group) => group.rooms);
    expect(rooms.filter((room) => !flowOrder.includes(room))).toEqual([]);
    expect(rooms).toEqual(inFlow(rooms));
  });

  test("ARCHITECTURE.md has the layers that dependency-cruiser enforces", () => {
    const table = [...textOf("ARCHITECTURE.md").matchAll(/^\| `([a-z]+)`[^|]*\| ([^|]*?) *\|$/gm)];
    const drawn = table.map(([, room, below = ""]) => [room, below === "—" ? "" : below]);
    expect(Object.fromEntries(drawn)).toEqual(Object.fromEntries(walls()));
  });

  test("docs/errors.md goes through the rooms in flow order", () => {
    const rooms = all(textOf("docs/errors.md"), /^## ([a-z]+)$/gm);
    expect(rooms).toEqual(inFlow(rooms));
  });

  test("docs/decisions/README.md links every decision in order", () => {
    const decisions = filesUnder("docs/decisions", ".md").filter((page) => /\/\d{4}-/.test(page));
    const linked = all(textOf("docs/decisions/README.md"), /\]\((\d{4}-[a-z0-9-]+\.md)\)/g);
    expect(linked.map((page) => `docs/decisions/${page}`)).toEqual(decisions);
  });
});
