import type { z } from 'zod';

/** An environment variable. `aliases` are the names that the generations of the Cocos manager used, in order of precedence. */
export interface Variable {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The value if none is set, as it would be written; null: none, and `unset` says what that means. */
  readonly fallback: string | null;
  /** What happens when there is no value; only where `fallback` does not say it. */
  readonly unset?: string;
  readonly allowed: string;
  readonly meaning: string;
  readonly schema: z.ZodType<unknown, string>;
}

/** What is allowed where the schema is `flag`. */
export const allowedForFlag = '1, true, 0 or false';
