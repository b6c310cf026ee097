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

/**
 * e^−|z| of two numbers: |z| = n·ln 2 − r with |r| ≤ ½·ln 2, a polynomial for e^r, and 2^−n put into the exponent.
 * Below e^−700 it stays there. Within 2 units of the last place.
 */
@inline
function expOfMinusAbs(z: v128): v128 {
  const x = f64x2.neg(f64x2.min(f64x2.abs(z), f64x2.splat(700)));
  const shift = f64x2.splat(6755399441055744); // 1.5·2^52: adding it rounds to whole numbers, kept in the low bits
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), shift);
  const n = f64x2.sub(shifted, shift);
  let r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(0.6931471803691238)));
  r = f64x2.sub(r, f64x2.mul(n, f64x2.splat(1.9082149292705877e-10)));
  let p = f64x2.splat(1.6059043836821613e-10); // 1/13!
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(2.08767569878681e-9));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(2.505210838544172e-8));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(2.755731922398589e-7));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(2.7557319223985893e-6));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(2.48015873015873e-5));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.984126984126984e-4));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.388888888888889e-3));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(8.333333333333333e-3));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(4.1666666666666664e-2));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.6666666666666666e-1));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.5));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  return i64x2.add(p, i64x2.shl(shifted, 52));
}

/**
 * Log loss of margins z with labels y of 0 and 1: writes p − y to r and p·(1 − p) to v, and gives Σ max(z, 0) − y·z.
 * The products of 1 + e^−|z| over even and odd rows, whose logarithms are the rest of the loss, go to `products`.
 * All have room for an even number of rows; with an odd one the last label must be 0 and the last margin so low that e^z is 0 to the last digit.
 */
export function logLoss(z: usize, y: usize, rows: u32, r: usize, v: usize, products: usize): f64 {
  const one = f64x2.splat(1), zero = f64x2.splat(0);
  let sum = zero, product = one;
  for (const end = z + ((<usize>rows) << 3); z < end; z += 16, y += 16, r += 16, v += 16) {
    const margin = v128.load(z), label = v128.load(y);
    const e = expOfMinusAbs(margin);
    const base = f64x2.add(one, e);
    const share = f64x2.div(one, base);
    const rest = f64x2.mul(e, share);
    const positive = f64x2.gt(margin, zero);
    v128.store(r, f64x2.sub(v128.bitselect(share, rest, positive), label));
    v128.store(v, f64x2.mul(rest, share));
    const above = v128.and(margin, positive);
    sum = f64x2.add(sum, f64x2.sub(above, f64x2.mul(margin, label)));
    product = f64x2.mul(product, base);
  }
  v128.store(products, product);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
