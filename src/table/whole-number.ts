/** @file Whether a text is a whole number, in SQL: one answer for ingestion and for recipes. */

/** A text of at most so many characters is told from every whole number by its double (DBL_DIG digits). */
const exactLength = 15;

/**
 * Whether a text is a whole number ("7", "3.0", "+5", "1e3") that a double can hold. A long text is none by
 * its digits, not by its double: with a fraction, however small and whatever the exponent makes of it, or
 * with an exponent below zero.
 *
 * @param number - The text as DOUBLE, in SQL: whether a text that is no number fails the query or is null.
 */
export const isWholeSql = (text: string, number: string): string => {
  const most = Number.MAX_SAFE_INTEGER;
  const digits = `CASE WHEN strlen(${text}) <= ${exactLength} THEN true
    ELSE NOT regexp_matches(${text}, '\\.[0_]*[1-9]|[eE]-') END`;
  return `(${number} = trunc(${number}) AND ${number} BETWEEN -${most} AND ${most} AND ${digits})`;
};
