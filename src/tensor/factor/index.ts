export { type SingularValues, singularValues, transpose } from "./singular-values.ts";
export { type TriangleSource, triangle } from "./triangle.ts";
