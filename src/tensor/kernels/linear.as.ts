/**
 * @file The passes of linear models over a block of rows: X·w, Xᵀ·r and the weighted Gram matrix.
 *
 * AssemblyScript, compiled to linear.wasm by scripts/kernels.ts. The caller stages a block of rows
 * at a time; every address is a byte offset, every number an f64. The stride of a staged row is a
 * multiple of four numbers, and what is past its width is 0. Nothing here allocates.
 *
 * The Gram matrix is made of tiles of 4 × 4: a tile's sixteen sums stay in eight registers while it
 * runs down the block, so that a row costs 6 loads for 16 products.
 */

/** The first byte that the compiler's static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Spreads rows of `width` numbers at `from` to rows of `stride` numbers at `to`, less the centre. */
export function spread(from: usize, to: usize, rows: u32, width: u32, stride: u32, centre: usize): void {
  const pad = (<usize>(stride - width)) << 3;
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < width; j++, from += 8, to += 8)
      store<f64>(to, load<f64>(from) - load<f64>(centre + ((<usize>j) << 3)));
    memory.fill(to, 0, pad);
    to += pad;
  }
}

/** z[i] = bias + Σⱼ x[i,j]·w[j] for every staged row; w has `stride` numbers. */
export function times(x: usize, rows: u32, stride: u32, w: usize, bias: f64, z: usize): void {
  const end = (<usize>stride) << 3;
  for (let i: u32 = 0; i < rows; i++, x += end, z += 8) {
    let a = f64x2.splat(0), b = f64x2.splat(0);
    for (let j: usize = 0; j < end; j += 32) {
      a = f64x2.add(a, f64x2.mul(v128.load(x + j), v128.load(w + j)));
      b = f64x2.add(b, f64x2.mul(v128.load(x + j, 16), v128.load(w + j, 16)));
    }
    const sum = f64x2.add(a, b);
    store<f64>(z, bias + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
  }
}

/** g[j] += Σᵢ r[i]·x[i,j]. */
export function addTransposeTimes(x: usize, rows: u32, stride: u32, r: usize, g: usize): void {
  const end = (<usize>stride) << 3;
  for (let j: usize = 0; j < end; j += 32) {
    let a = v128.load(g + j), b = v128.load(g + j, 16);
    let at = x + j;
    let scales = r;
    for (let i: u32 = 0; i < rows; i++, at += end, scales += 8) {
      const scale = v128.load64_splat(scales);
      a = f64x2.add(a, f64x2.mul(scale, v128.load(at)));
      b = f64x2.add(b, f64x2.mul(scale, v128.load(at, 16)));
    }
    v128.store(g + j, a);
    v128.store(g + j, b, 16);
  }
}

/** y[i,j] = v[i]·x[i,j]. */
export function scaleRows(x: usize, rows: u32, stride: u32, v: usize, y: usize): void {
  const end = (<usize>stride) << 3;
  for (let i: u32 = 0; i < rows; i++, v += 8) {
    const scale = v128.load64_splat(v);
    for (let j: usize = 0; j < end; j += 16, x += 16, y += 16)
      v128.store(y, f64x2.mul(scale, v128.load(x)));
  }
}

/**
 * gram[a,b] += Σᵢ y[i,a]·x[i,b] in tiles of 4 × 4 on and above the diagonal; with y = v·x the weighted
 * Gram matrix. What is below the diagonal's tiles is left alone.
 */
export function addGram(y: usize, x: usize, rows: u32, stride: u32, gram: usize): void {
  const end = (<usize>stride) << 3;
  for (let a: usize = 0; a < end; a += 32)
    for (let b = a; b < end; b += 32)
      addTile(y + a, x + b, rows, end, gram + (a >> 3) * end + b);
}

@inline
function addTile(y: usize, x: usize, rows: u32, end: usize, out: usize): void {
  let t00 = f64x2.splat(0), t01 = f64x2.splat(0), t10 = f64x2.splat(0), t11 = f64x2.splat(0);
  let t20 = f64x2.splat(0), t21 = f64x2.splat(0), t30 = f64x2.splat(0), t31 = f64x2.splat(0);
  for (let i: u32 = 0; i < rows; i++, y += end, x += end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const y0 = v128.load64_splat(y), y1 = v128.load64_splat(y, 8);
    t00 = f64x2.add(t00, f64x2.mul(y0, x0));
    t01 = f64x2.add(t01, f64x2.mul(y0, x1));
    t10 = f64x2.add(t10, f64x2.mul(y1, x0));
    t11 = f64x2.add(t11, f64x2.mul(y1, x1));
    const y2 = v128.load64_splat(y, 16), y3 = v128.load64_splat(y, 24);
    t20 = f64x2.add(t20, f64x2.mul(y2, x0));
    t21 = f64x2.add(t21, f64x2.mul(y2, x1));
    t30 = f64x2.add(t30, f64x2.mul(y3, x0));
    t31 = f64x2.add(t31, f64x2.mul(y3, x1));
  }
  addPair(out, t00, t01);
  addPair(out + end, t10, t11);
  addPair(out + 2 * end, t20, t21);
  addPair(out + 3 * end, t30, t31);
}

@inline
function addPair(out: usize, left: v128, right: v128): void {
  v128.store(out, f64x2.add(v128.load(out), left));
  v128.store(out, f64x2.add(v128.load(out, 16), right), 16);
}

/**
 * Rotates a block of rows into a triangle: with Householder reflections [R; X] becomes [R'; 0], so that
 * R'ᵀR' = RᵀR + XᵀX. R has `cols` rows of `stride` numbers; X is used up; s is scratch of `stride`
 * numbers. A pair of columns is worked on at a time.
 */
export function addTriangle(r: usize, x: usize, rows: u32, cols: u32, stride: u32, s: usize): void {
  const end = (<usize>stride) << 3;
  for (let j: usize = 0; j < <usize>cols; j++) {
    const column = j << 3;
    let below: f64 = 0; // Σ x[i,j]²
    let largest: f64 = 0;
    for (let i: u32 = 0, at = x + column; i < rows; i++, at += end) largest = max(largest, abs(load<f64>(at)));
    if (largest == 0) continue;
    const head = load<f64>(r + column);
    largest = max(largest, abs(head));
    for (let i: u32 = 0, at = x + column; i < rows; i++, at += end) {
      const value = load<f64>(at) / largest;
      below += value * value;
    }
    const norm = largest * sqrt((head / largest) * (head / largest) + below);
    const diagonal = head > 0 ? -norm : norm; // away from cancellation
    const first = head - diagonal; // v = (first, x[·,j]); H = I − v·vᵀ/(−diagonal·first)
    const scale = -1 / (diagonal * first);
    const from = column & ~15;
    for (let c = from; c < end; c += 16)
      v128.store(s + c, f64x2.mul(f64x2.splat(first), v128.load(r + c)));
    let at = x;
    for (let i: u32 = 0; i < rows; i++, at += end) {
      const value = v128.load64_splat(at + column);
      for (let c = from; c < end; c += 16)
        v128.store(s + c, f64x2.add(v128.load(s + c), f64x2.mul(value, v128.load(at + c))));
    }
    for (let c = from; c < end; c += 16) {
      const factor = f64x2.mul(f64x2.splat(scale), v128.load(s + c));
      v128.store(s + c, factor);
      v128.store(r + c, f64x2.sub(v128.load(r + c), f64x2.mul(f64x2.splat(first), factor)));
    }
    at = x;
    for (let i: u32 = 0; i < rows; i++, at += end) {
      const value = v128.load64_splat(at + column);
      for (let c = from; c < end; c += 16)
        v128.store(at + c, f64x2.sub(v128.load(at + c), f64x2.mul(value, v128.load(s + c))));
      store<f64>(at + column, 0);
    }
    store<f64>(r + column, diagonal);
    if (column != from) store<f64>(r + from, 0);
    r += end;
  }
}
