/** @file Whether bytes are text of their encoding, piece by piece, and where they are not. */
import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { fail } from "./errors.ts";
import { badByte } from "./locate.ts";

/** How much of a file's text is kept to read its first lines from, in bytes. */
const headBytes = 1 << 20;

/** The first byte of a text that is not of its encoding. */
export interface BadText {
  readonly offset: number;
  readonly reason: string;
}

/** Looks at text piece by piece, until it finds something bad. */
export interface TextCheck {
  take(bytes: Buffer): BadText | undefined;
  end(): BadText | undefined;
  head(): string;
  mark(): boolean;
}

const zeroReason =
  "there is a NUL byte, so this is not a text file in UTF-8 (it may be UTF-16; then name that encoding)";
const utf8Reason = "a byte is not UTF-8; save the file as UTF-8, or name its encoding";

/** Checks UTF-8 with native code; what is cut at the end of a piece goes before the next. */
export function utf8Check(): TextCheck {
  let kept = Buffer.alloc(0);
  let head = Buffer.alloc(0);
  let checked = 0;
  const check = (bytes: Buffer): BadText | undefined => {
    const zero = bytes.indexOf(0);
    const bad = isUtf8(bytes) ? -1 : badByte(bytes);
    const first = Math.min(...[zero, bad].filter((at) => at >= 0));
    const offset = checked + first;
    checked += bytes.length;
    if (first === Infinity) return undefined;
    return { offset, reason: first === zero ? zeroReason : utf8Reason };
  };
  const text = (): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(head);
  return {
    take: (bytes) => {
      if (head.length < headBytes)
        head = Buffer.concat([head, bytes.subarray(0, headBytes - head.length)]);
      const all = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      const whole = all.length - cutTail(all);
      kept = Buffer.from(all.subarray(whole));
      return check(all.subarray(0, whole));
    },
    end: () => check(kept),
    head: () => text().replace(/^\uFEFF/, ""),
    mark: () => text().startsWith("\uFEFF"),
  };
}

/** How many bytes at the end begin a character of UTF-8 that is not complete. */
function cutTail(bytes: Buffer): number {
  const last = bytes.subarray(-3);
  const start = last.findLastIndex((byte) => byte >= 0xc0);
  if (start < 0) return 0;
  const length = characterBytes(last[start] ?? 0);
  const have = last.length - start;
  return have < length ? have : 0;
}

const characterBytes = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2);

/** Checks text of another encoding by decoding it. */
export function decodedCheck(file: string, encoding: "utf-16" | "latin-1"): TextCheck {
  const decoder = textDecoder(file, encoding);
  let head = "";
  const take = (text: string): undefined => {
    if (head.length < headBytes) head += text.slice(0, headBytes - head.length);
  };
  return {
    take: (bytes) => take(decoder.decode(bytes)),
    end: () => take(decoder.end()),
    head: () => head,
    mark: () => false,
  };
}

/** Bytes of UTF-16 or Latin-1 to text, piece by piece. Throws `table/corrupt-text`. */
export function textDecoder(file: string, encoding: "utf-16" | "latin-1") {
  let line = 1;
  let decoder: TextDecoder | undefined;
  let kept = Buffer.alloc(0);
  const refuse = (reason: string, at: number): never =>
    fail("table/corrupt-text", { file, line: at, reason });
  const checked = (text: string): string => {
    const zero = text.indexOf("\0");
    if (zero >= 0)
      refuse("there is a NUL character", line + text.slice(0, zero).split("\n").length - 1);
    line += text.split("\n").length - 1;
    return text;
  };
  const decodeWide = (bytes: Buffer, stream: boolean): string => {
    kept = Buffer.concat([kept, bytes]);
    if (decoder === undefined && stream && kept.length < 2) return "";
    decoder ??= new TextDecoder(kept[0] === 0xfe && kept[1] === 0xff ? "utf-16be" : "utf-16le", {
      fatal: true,
    });
    const all = kept;
    kept = Buffer.alloc(0);
    try {
      return decoder.decode(all, { stream });
    } catch {
      return refuse("the bytes are not UTF-16", line);
    }
  };
  return {
    decode: (bytes: Buffer): string =>
      checked(encoding === "latin-1" ? bytes.toString("latin1") : decodeWide(bytes, true)),
    end: (): string => checked(encoding === "latin-1" ? "" : decodeWide(Buffer.alloc(0), false)),
  };
}
