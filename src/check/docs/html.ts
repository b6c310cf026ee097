/** @file HTML from templates in which every value is escaped, and no sign can hide or turn a text. */
import { shown } from "../../core/index.ts";
import { visible } from "../profile/words.ts";

const marked: unique symbol = Symbol("html");

/** Text that is HTML already. Only {@link html} and {@link own} make it. */
export interface Html {
  readonly [marked]: true;
  readonly text: string;
}

/** What may stand in a template: texts and numbers are escaped, HTML and lists of HTML are not. */
export type HtmlValue = string | number | Html | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML from a template; attributes must be written between double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, i) => part + (i < values.length ? show(values[i] ?? "") : ""));
  return { [marked]: true, text: text.join("") };
}

/** A text of our own that is HTML already, such as the stylesheet. */
export function own(text: string): Html {
  return { [marked]: true, text };
}

/** No HTML. */
export const nothing: Html = html``;

/**
 * Somebody's text as one harmless line, kept apart from the direction of the text around it; it may
 * be broken after a sign that joins words, not inside a number.
 */
export function foreign(text: string, limit = 80): Html {
  const words = visible(text, limit).split(/(?<=[\p{L}\p{N}][_./-])(?=\p{L})/u);
  return html`<bdi>${words.map((word, i) => (i === 0 ? html`${word}` : html`<wbr>${word}`))}</bdi>`;
}

/** The pieces of as many items as fit into a number of bytes, and how many items did not. */
export function fitting<T>(
  items: readonly T[],
  render: (item: T) => Html,
  bytes: number,
): { readonly shown: readonly Html[]; readonly left: number } {
  const pieces: Html[] = [];
  let used = 0;
  for (const item of items) {
    const piece = render(item);
    used += Buffer.byteLength(piece.text);
    if (used > bytes) break;
    pieces.push(piece);
  }
  return { shown: pieces, left: items.length - pieces.length };
}

function show(value: HtmlValue): string {
  if (typeof value === "string")
    return shown(value).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
  if (typeof value === "number") return String(value);
  return "text" in value ? value.text : value.map(({ text }) => text).join("");
}
