export type { CalendarFeatureOptions, Waves } from "./calendar-features.ts";
export { type Frequency, frequencies, type Grid, timeOf } from "./grid.ts";
export {
  type HolidayDay,
  type HolidayRule,
  holidayRules,
  type Observed,
  type Region,
} from "./holiday-rules.ts";
export { type Holiday, type HolidayOptions, holidays } from "./holidays.ts";
