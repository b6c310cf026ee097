/** @file A request of MLflow's protocol as it arrives, and its message as the fields of a route describe it. */
import { isRecord } from "../../core/index.ts";
import { refuse } from "./answer-error.ts";
import { type Fields, type Message, readFields } from "./fields.ts";

/** A request, without a word of HTTP libraries. */
export interface Incoming {
  readonly method: string;
  /** What stands for the names in the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** "" where there is none. */
  readonly body: string;
}

/** The message of a request: its query where it is a GET with one, else its body; names in the path count before both. */
export function messageOf<F extends Fields>(fields: F, incoming: Incoming): Message<F> {
  const given = incoming.method === "GET" ? fromQuery(fields, incoming.query) : bodyOf(incoming);
  const { found, faults } = readFields(fields, { ...given, ...incoming.path });
  const [fault] = faults;
  if (fault === undefined) return found as Message<F>;
  if (fault.value === undefined)
    return refuse("INVALID_PARAMETER_VALUE", missingValue(fault.name) + docs);
  const written = pythonJson(fault.value, incoming.body);
  return refuse(
    "INVALID_PARAMETER_VALUE",
    `Invalid value ${written} for parameter '${fault.name}' supplied:  Hint: Value was of type '${pythonType(fault.value)}'.${docs}`,
  );
}

const docs = " See the API docs for more information about request parameters.";

/** MLflow's sentence about a parameter that is not there. */
export const missingValue = (name: string): string =>
  `Missing value for required parameter '${name}'.`;

/** The JSON object of a body; an empty body is an empty object, and a text is read again, as old clients send it. */
export function bodyOf({ body, headers }: Incoming): Readonly<Record<string, unknown>> {
  const type = (headers["content-type"] ?? "application/json").split(";")[0]?.trim();
  if (body === "") return {};
  if (type !== "application/json")
    return refuse(
      "INVALID_PARAMETER_VALUE",
      `Bad Request. Content-Type must be one of ['application/json'].`,
    );
  const parsed = parsedJson(body);
  const object = typeof parsed === "string" ? parsedJson(parsed) : parsed;
  return isRecord(object) ? object : {};
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("BAD_REQUEST", "The request body is not valid JSON.");
  }
}

function fromQuery(fields: Fields, query: URLSearchParams): Readonly<Record<string, unknown>> {
  const known = [...query.keys()].filter((name) => Object.hasOwn(fields, name));
  return Object.fromEntries(
    known.map((name) => [
      name,
      fields[name]?.isList === true ? query.getAll(name) : query.get(name),
    ]),
  );
}

/** A value as Python's compact JSON has it; numbers as the body wrote them, so that 9.0 stays 9.0. */
function pythonJson(value: unknown, body: string): string {
  if (typeof value !== "number") return JSON.stringify(value);
  const sources = new Set<string>();
  JSON.parse(
    body === "" ? "0" : body,
    (_key: string, item: unknown, context?: { source?: string }) => {
      if (item === value && context?.source !== undefined) sources.add(context.source);
      return item;
    },
  );
  const [only, ...others] = sources;
  return only !== undefined && others.length === 0 ? only : String(value);
}

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return "dict";
}
