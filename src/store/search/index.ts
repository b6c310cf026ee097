export {
  checkDistinctOrders,
  checkOperator,
  entityOf,
  numberOf,
  numberOperators,
  pythonList,
  refuse,
  refuseOrder,
  type Searchable,
  textOf,
  textOperators,
} from "./checks.ts";
export { condition } from "./conditions.ts";
export { type Order, parseOrder } from "./order.ts";
export { allOf, type Page, type PagePlace, pageOf } from "./page.ts";
export { pageToken, parsePageToken } from "./page-token.ts";
export { type Comparison, type FilterValue, type Operator, parseFilter } from "./parse-filter.ts";
