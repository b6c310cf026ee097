/** @file Reads the links and anchors of Markdown pages, as GitHub makes them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./blocks.ts";

/** A link on a page, and the line it stands on, from 1. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

/** Folders that hold nothing of ours: what was installed, built, or made by a demonstration. */
const notOurs = new Set(["node_modules", "dist", "millrace-demo"]);

/** Every Markdown page of the repository, from its root, sorted. */
export function markdownPages(folder = ""): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !notOurs.has(name) && !name.startsWith("."))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return markdownPages(path);
      return path.endsWith(".md") ? [path] : [];
    })
    .sort();
}

/** The text of a page with code left out: what fences and backticks hold is no link. */
function prose(page: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, " ");
  return readFileSync(join(root, page), "utf8")
    .replace(/^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2 *$/gms, blank)
    .replace(/<!--.*?-->/gs, blank)
    .replace(/`[^`\n]+`/g, blank);
}

/** The links of a page: inline, by reference definition, and in HTML. */
export function linksOn(page: string): readonly Link[] {
  const text = prose(page);
  const forms = [
    /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    /^\[[^\]]+\]:\s*(\S+)/gm,
    /(?:href|src)="([^"]+)"/g,
  ];
  return forms.flatMap((form) =>
    [...text.matchAll(form)].map((match) => ({
      line: text.slice(0, match.index).split("\n").length,
      target: match[1] ?? "",
    })),
  );
}

/** The anchors of a page: its headings as GitHub names them, and explicit ids. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(join(root, page), "utf8").replace(/^```.*?^```$/gms, "");
  const anchors = new Set([...text.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1] ?? ""));
  const seen = new Map<string, number>();
  for (const [, heading = ""] of text.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/** The anchor of a heading: lower case, without marks, spaces as hyphens. */
export function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
