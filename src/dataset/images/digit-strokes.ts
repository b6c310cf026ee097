/** @file The skeletons of digits: strokes in a square from 0 to 1, y downwards, in the ways that people write them. */

/** One line of the pen. */
export interface Stroke {
  /** Corners, or points that a curve goes through: x, y, x, y, … */
  readonly points: readonly number[];
  readonly curved: boolean;
}

const line = (...points: readonly number[]): Stroke => ({ points, curved: false });
const curve = (...points: readonly number[]): Stroke => ({ points, curved: true });

/** For each digit the ways to write it. */
export const digitStrokes: readonly (readonly (readonly Stroke[])[])[] = [
  [
    [curve(0.5, 0, 0.16, 0.2, 0.08, 0.55, 0.25, 0.92, 0.55, 1, 0.86, 0.8, 0.92, 0.42, 0.78, 0.1, 0.46, 0.01)], // biome-ignore format: points
    [curve(0.62, 0.04, 0.24, 0.12, 0.12, 0.5, 0.2, 0.9, 0.5, 1, 0.8, 0.88, 0.88, 0.5, 0.76, 0.12, 0.4, 0)], // biome-ignore format: points
  ],
  [
    [line(0.5, 0, 0.5, 1)],
    [line(0.28, 0.22, 0.54, 0, 0.5, 1)],
    [line(0.26, 0.2, 0.5, 0, 0.5, 1), line(0.22, 1, 0.78, 1)],
  ],
  [
    [curve(0.14, 0.26, 0.32, 0.03, 0.7, 0.04, 0.84, 0.28, 0.58, 0.62, 0.14, 0.99), line(0.14, 0.99, 0.9, 0.97)], // biome-ignore format: points
    [curve(0.14, 0.18, 0.46, 0, 0.8, 0.2, 0.62, 0.6, 0.24, 0.94, 0.1, 0.84, 0.3, 0.74, 0.6, 0.94, 0.9, 0.94)], // biome-ignore format: points
  ],
  [
    [curve(0.14, 0.12, 0.5, 0, 0.82, 0.2, 0.72, 0.4, 0.4, 0.47), curve(0.4, 0.47, 0.78, 0.54, 0.88, 0.76, 0.58, 1, 0.1, 0.88)], // biome-ignore format: points
    [line(0.14, 0.02, 0.82, 0.02, 0.44, 0.42), curve(0.44, 0.42, 0.8, 0.52, 0.86, 0.8, 0.5, 1, 0.1, 0.86)], // biome-ignore format: points
  ],
  [
    [line(0.66, 1, 0.66, 0, 0.08, 0.66, 0.94, 0.66)],
    [line(0.22, 0, 0.14, 0.56, 0.9, 0.54), line(0.74, 0.04, 0.68, 1)],
  ],
  [
    [line(0.84, 0.01, 0.26, 0.01, 0.2, 0.44), curve(0.2, 0.44, 0.56, 0.38, 0.86, 0.64, 0.64, 0.96, 0.12, 0.9)], // biome-ignore format: points
    [line(0.8, 0.06, 0.3, 0.02), curve(0.3, 0.02, 0.2, 0.42, 0.54, 0.42, 0.84, 0.7, 0.6, 0.98, 0.14, 0.92)], // biome-ignore format: points
  ],
  [
    [curve(0.76, 0.04, 0.38, 0.24, 0.14, 0.66, 0.36, 0.99, 0.74, 0.92, 0.82, 0.64, 0.5, 0.5, 0.18, 0.7)], // biome-ignore format: points
    [curve(0.5, 0, 0.2, 0.36, 0.16, 0.76, 0.44, 1, 0.8, 0.82, 0.7, 0.54, 0.4, 0.52, 0.16, 0.74)],
  ],
  [
    [line(0.1, 0.02, 0.88, 0.02, 0.4, 1)],
    [line(0.1, 0.06, 0.88, 0.02, 0.44, 1), line(0.3, 0.5, 0.82, 0.48)],
    [line(0.12, 0.18, 0.14, 0.02, 0.86, 0.02), curve(0.86, 0.02, 0.6, 0.44, 0.46, 1)],
  ],
  [
    [curve(0.52, 0, 0.8, 0.18, 0.54, 0.46, 0.16, 0.72, 0.44, 1, 0.84, 0.8, 0.54, 0.48, 0.2, 0.22, 0.48, 0)], // biome-ignore format: points
    [curve(0.78, 0.12, 0.46, 0, 0.22, 0.2, 0.5, 0.46, 0.82, 0.76, 0.5, 1, 0.18, 0.8, 0.48, 0.48, 0.8, 0.14)], // biome-ignore format: points
  ],
  [
    [curve(0.82, 0.26, 0.54, 0.02, 0.2, 0.2, 0.28, 0.48, 0.6, 0.5, 0.82, 0.26), line(0.82, 0.26, 0.72, 1)], // biome-ignore format: points
    [curve(0.8, 0.14, 0.44, 0, 0.16, 0.26, 0.38, 0.52, 0.74, 0.4, 0.82, 0.16, 0.8, 0.6, 0.62, 0.94, 0.24, 0.96)], // biome-ignore format: points
  ],
];
