/** @file The columns of a schema by what they hold, so that a step over the wrong kind does not compile. */
import type { ColumnKind } from "../../../flow.ts";
import type { Columns } from "../../schema.ts";

/** A column of the schema. */
export type ColumnName<C extends Columns> = keyof C & string;

/** A column of the schema that holds one of these kinds. */
export type ColumnOfKind<C extends Columns, K extends ColumnKind> = keyof {
  [N in keyof C as Extract<C[N]["kind"], K> extends never ? never : N]: true;
} &
  string;

/** A column of numbers. */
export type NumberColumn<C extends Columns> = ColumnOfKind<C, "int" | "float">;
/** A column of true and false. */
export type BoolColumn<C extends Columns> = ColumnOfKind<C, "bool">;
/** A column of text or of labels. */
export type TextColumn<C extends Columns> = ColumnOfKind<C, "text" | "category">;
