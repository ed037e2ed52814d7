import type { User } from '../../../identity/identity.ts';

/** A function of GPUEater's console API. One table of them drives the routes, `api_list`, the page of the docs and tests. */
export interface GpueaterFunction {
  /** GPUEater's name, e.g. `instance_list`. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Below /console/servers, e.g. `/instance_list`. */
  readonly path: string;
  readonly fields: readonly GpueaterField[];
  /** The version of Protium that had it first. */
  readonly since: string;
  /** One sentence of what it does. */
  readonly description: string;
  /** One of the 55 that `api_list` names; the others are routes only. */
  readonly listed: boolean;
  /**
   * Does it. What it returns is the answer's `data`; undefined counts as null. A Download is sent as it is. Any ProtiumError
   * becomes the answer's `error`.
   */
  readonly handle: (call: GpueaterCall) => Promise<unknown>;
}

/** A field of a form. */
export interface GpueaterField {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

/** One authenticated request. */
export interface GpueaterCall {
  /** Who asks. What belongs to others is to look as if it were not there. */
  readonly user: User;
  readonly form: Form;
  /** The header of that name: `NodeJS-API`, `PythonAPI`, `RubyAPI`, or anything; empty: none. */
  readonly userAgent: string;
  /** Aborted when the client goes away before it has the whole answer, also after `handle` has returned. */
  readonly signal: AbortSignal;
  /** Adds a header to the answer, e.g. X-Transaction-Id. */
  readonly setHeader: (name: string, value: string) => void;
}

/** The fields of a request, whatever way its client encoded them; ids as text. Empty and null fields count as absent. */
export interface Form {
  /** @throws ProtiumError `argument-invalid` (`NAME is missing`, or not one value), as all of these */
  text(name: string): string;
  /** Null where the field is absent. */
  optional(name: string): string | null;
  /** As it was sent, empty too; null only where the field is absent. */
  given(name: string): string | null;
  /** A whole number, given as number or digits. */
  integer(name: string, range: { readonly min: number; readonly max: number }): number;
  /** true/True/1/on; false where it is absent. */
  flag(name: string): boolean;
  /** All that was sent, by name. */
  entries(): readonly (readonly [string, unknown])[];
  /** Every instance that the request names: `instances` (JSON) where it is there, else `instance_id`; without repeats. */
  instanceIds(): readonly string[];
}

/** An answer that is a file instead of JSON. */
export class Download {
  readonly contentType: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;

  constructor(contentType: string, fileName: string, bytes: Uint8Array) {
    this.contentType = contentType;
    this.fileName = fileName;
    this.bytes = bytes;
  }
}
