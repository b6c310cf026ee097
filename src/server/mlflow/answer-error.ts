/** @file Errors as MLflow's protocol tells them: a code, a status and a sentence that clients know. */
import { type ErrorKind, isMillraceError } from "../../core/index.ts";
import { fail } from "../errors.ts";

/** The codes of the protocol with their statuses. */
export const protocolStatuses = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  NOT_FOUND: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_CONFLICT: 409,
  REQUEST_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  INVALID_STATE: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

/** A code of the protocol. */
export type ProtocolCode = keyof typeof protocolStatuses;

/** An error as it is answered. */
export interface ProtocolAnswer {
  readonly code: ProtocolCode;
  readonly message: string;
}

/** Refuses a request with a code and a sentence of the protocol. */
export const refuse = (protocolCode: ProtocolCode, message: string): never =>
  fail("server/mismatch-protocol", { protocolCode, message });

/** What an error is answered with. */
export function protocolAnswer(error: unknown): ProtocolAnswer {
  if (!isMillraceError(error))
    return { code: "INTERNAL_ERROR", message: "The server could not answer; its log says why." };
  if (error.code === "server/mismatch-protocol") {
    const { protocolCode, message } = error.details as {
      protocolCode: ProtocolCode;
      message: string;
    };
    return { code: protocolCode, message };
  }
  const say = sentences[error.code];
  return say === undefined
    ? { code: codesOfKinds[error.kind], message: error.message }
    : say(error.details as Details, error.message);
}

const codesOfKinds: Readonly<Record<ErrorKind, ProtocolCode>> = {
  caller: "INVALID_PARAMETER_VALUE",
  "not-found": "RESOURCE_DOES_NOT_EXIST",
  conflict: "RESOURCE_CONFLICT",
  environment: "TEMPORARILY_UNAVAILABLE",
  internal: "INTERNAL_ERROR",
};

type Details = Readonly<Record<string, string>>;
type Say = (details: Details, message: string) => ProtocolAnswer;

const absent = (message: string): ProtocolAnswer => ({ code: "RESOURCE_DOES_NOT_EXIST", message });
const invalid = (message: string): ProtocolAnswer => ({ code: "INVALID_PARAMETER_VALUE", message });

/** MLflow's own sentences for what goes wrong in our rooms. */
const sentences: Readonly<Record<string, Say>> = {
  "run/missing-run": (d) => absent(`Run with id=${d["id"]} not found`),
  "run/missing-experiment-id": (d) => absent(`No Experiment with id=${d["id"]} exists`),
  "run/missing-tag": (d) => absent(`No tag with name: ${d["key"]} in ${d["of"]}`),
  "run/conflict-experiment": (d) => ({
    code: "RESOURCE_ALREADY_EXISTS",
    message: `Experiment(name=${d["name"]}) already exists.`,
  }),
  "run/conflict-deleted": (d) =>
    d["doing"] === "rename"
      ? { code: "INVALID_STATE", message: "Cannot rename a non-active experiment." }
      : invalid(
          `The ${d["what"]} ${d["id"]} must be in the 'active' state. Current state is deleted.`,
        ),
  "run/conflict-param": (d) =>
    invalid(
      `Changing param values is not allowed. Param with key='${d["key"]}' was already logged with value='${d["stored"]}' for run ID='${d["run"]}'. Attempted logging new value '${d["given"]}'.`,
    ),
  "run/missing-logged-model": (d) => absent(`Logged model with ID '${d["id"]}' not found.`),
  "registry/missing-model": (d) => absent(`Registered Model with name=${d["name"]} not found`),
  "registry/missing-version": (d) =>
    absent(`Model Version (name=${d["name"]}, version=${d["number"]}) not found`),
  "registry/missing-alias": (d) => invalid(`Registered model alias ${d["alias"]} not found.`),
  "registry/conflict-model": (d) => ({
    code: "RESOURCE_ALREADY_EXISTS",
    message: `Registered Model (name=${d["name"]}) already exists.`,
  }),
  "run/conflict-name": (d) =>
    invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${d["name"]}', mlflow.runName='${d["tag"]}').`,
    ),
};
