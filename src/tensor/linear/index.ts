export {
  openRows,
  type RowBlock,
  type RowPass,
  type RowSums,
  type Rows,
  type RowsOptions,
} from "./open-rows.ts";
