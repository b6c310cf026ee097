export { multiply } from "./multiply.ts";
export { type SingularValues, singularValues, transpose } from "./singular-values.ts";
export { type TriangleBlock, type TriangleSource, triangle } from "./triangle.ts";
