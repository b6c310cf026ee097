/** @file The parts that pages are made of: sections, facts, badges, tables that scroll, and the page. */
import { visible } from "../profile/words.ts";
import { foreign, type Html, html, nothing, own } from "./html.ts";
import { stylesheet } from "./stylesheet.ts";

/** Pages stay below two megabytes; what a page lists may fill this much of it. */
export const listBytes = 1_200_000;

/** How good a thing is, as a colour; the word beside it says the same. */
export type Tone = "good" | "warn" | "bad" | "plain";

/** What stands around a page's content. */
export interface PageFrame {
  /** The page's name: in the window's title and at its top. */
  readonly title: string;
  /** The line below: what it is, and the way back. */
  readonly about: Html;
  readonly content: readonly Html[];
}

/** A whole document. It carries its style, has no script, and asks for nothing from anywhere. */
export function page({ title, about, content }: PageFrame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<title>${visible(title)} · Millrace</title>
<link rel="icon" href="data:,">
<style>${own(stylesheet)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>${foreign(title)}</h1><p>${about}</p></header>
<main id="content">
${content}
</main>
<footer>Millrace</footer>
</body>
</html>
`.text;
}

/** A part of a page with a heading. */
export function section(title: string, content: Html): Html {
  return html`<section><h2>${title}</h2>${content}</section>
`;
}

/** What a section says when it has nothing to show. */
export function empty(sentence: string): Html {
  return html`<p class="empty">${sentence}</p>`;
}

/** Wide content that scrolls by itself on a narrow screen, also by keyboard. */
export function scroll(label: string, content: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
}

/** A table; heads that begin with "#" stand above numbers, with "#~" above what narrow screens leave out. */
export function table(label: string, heads: readonly string[], rows: readonly Html[]): Html {
  const cells = heads.map((head) =>
    head.startsWith("#~")
      ? html`<th scope="col" class="num wide">${head.slice(2)}</th>`
      : head.startsWith("#")
        ? html`<th scope="col" class="num">${head.slice(1)}</th>`
        : html`<th scope="col">${head}</th>`,
  );
  return scroll(label, html`<table><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table>`);
}

/** Facts as term and value. */
export function facts(entries: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl>${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A word in a pill. */
export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}

/** A moment in UTC, to the minute. */
export function moment(ms: number): Html {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return html`–`;
  return html`<time datetime="${date.toISOString()}">${date.toISOString().slice(0, 16).replace("T", " ")}</time>`;
}

/** How many of a list are not shown, where some are not. */
export function leftOut(left: number, what: string): Html {
  return left === 0
    ? nothing
    : html`<p class="note">${left.toLocaleString("en-US")} more ${what} are left out to keep the page small.</p>`;
}

/** A link from a page that is so many folders deep. */
export function link(depth: number, path: string, text: Html | string): Html {
  return html`<a href="${"../".repeat(depth)}${path}">${text}</a>`;
}
