/** @file The order of texts in vocabularies: that of their code points, as in Python and in the engine. */

/**
 * Compares two texts by their code points; `<` compares UTF-16 units, in which 🙂 (U+1F642) comes before
 * ｗ (U+FF57).
 */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return place(x) - place(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all units; U+E000 to U+FFFF move below them. */
function place(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
