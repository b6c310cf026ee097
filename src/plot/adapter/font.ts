/** @file The bundled fonts: where their files are, and how wide they set a text. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How wide each character is, in units of the em. */
export interface Font {
  readonly file: string;
  /** The width of a text at a font size of 1. */
  width(text: string): number;
}

/**
 * Reads a TrueType font's character map (format 12 or 4) and advance widths. Kerning is left out:
 * it moves a label by less than a pixel.
 *
 * @see The OpenType specification 1.9, tables cmap, hmtx, hhea and head.
 */
export function bundledFont(name: string): Font {
  const file = fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  const bytes = readFileSync(file);
  const tables = tablesOf(bytes);
  const at = (table: string): number => tables.get(table) ?? 0;
  const emUnits = bytes.readUInt16BE(at("head") + 18);
  const lastAdvance = bytes.readUInt16BE(at("hhea") + 34) - 1;
  const glyphOf = characterMap(bytes, at("cmap"));
  const advance = (character: string): number => {
    const glyph = glyphOf(character.codePointAt(0) ?? 0);
    return bytes.readUInt16BE(at("hmtx") + 4 * Math.min(glyph, lastAdvance)) / emUnits;
  };
  const known = new Map<string, number>();
  const widthOf = (character: string): number => {
    const width = known.get(character) ?? advance(character);
    known.set(character, width);
    return width;
  };
  return { file, width: (text) => [...text].reduce((sum, c) => sum + widthOf(c), 0) };
}

/** The offset of each table. */
function tablesOf(bytes: Buffer): Map<string, number> {
  const offsets = new Map<string, number>();
  for (let i = 0; i < bytes.readUInt16BE(4); i++) {
    const entry = 12 + 16 * i;
    offsets.set(bytes.toString("latin1", entry, entry + 4), bytes.readUInt32BE(entry + 8));
  }
  return offsets;
}

type GlyphOf = (codePoint: number) => number;

function characterMap(bytes: Buffer, cmap: number): GlyphOf {
  const subtables = new Map<number, number>();
  for (let i = 0; i < bytes.readUInt16BE(cmap + 2); i++) {
    const offset = cmap + bytes.readUInt32BE(cmap + 4 + 8 * i + 4);
    subtables.set(bytes.readUInt16BE(offset), offset);
  }
  const groups = subtables.get(12);
  if (groups !== undefined) return (codePoint) => glyphInGroups(bytes, groups, codePoint);
  const segments = subtables.get(4) ?? 0;
  return (codePoint) => glyphInSegments(bytes, segments, codePoint);
}

function glyphInGroups(bytes: Buffer, table: number, codePoint: number): number {
  for (let i = 0; i < bytes.readUInt32BE(table + 12); i++) {
    const group = table + 16 + 12 * i;
    const first = bytes.readUInt32BE(group);
    if (codePoint >= first && codePoint <= bytes.readUInt32BE(group + 4))
      return bytes.readUInt32BE(group + 8) + codePoint - first;
  }
  return 0;
}

function glyphInSegments(bytes: Buffer, table: number, codePoint: number): number {
  const size = bytes.readUInt16BE(table + 6); // twice the number of segments
  for (let i = 0; i < size; i += 2) {
    if (codePoint > bytes.readUInt16BE(table + 14 + i)) continue;
    const first = bytes.readUInt16BE(table + 16 + size + i);
    if (codePoint < first) return 0;
    const delta = bytes.readUInt16BE(table + 16 + 2 * size + i);
    const range = table + 16 + 3 * size + i;
    const offset = bytes.readUInt16BE(range);
    if (offset === 0) return (codePoint + delta) & 0xffff;
    const glyph = bytes.readUInt16BE(range + offset + 2 * (codePoint - first));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}
