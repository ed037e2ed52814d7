import { formOf } from '../../../../../internal/api/http/gpueater/form.ts';
import type { GpueaterFunction } from '../../../../../internal/api/http/gpueater/function.ts';
import { codeOf } from '../../../instances/lifecycle/instances.ts';

export const mine = 'a'.repeat(32);
export const theirs = 'b'.repeat(32);

/** Calls functions as their routes do. */
export function caller(functions: readonly GpueaterFunction[]) {
  const call = (name: string, fields: Record<string, unknown> = {}, owner = mine): Promise<unknown> => {
    const found = functions.find((of) => of.name === name);
    if (found === undefined) throw new Error(`no function ${name}`);
    return found.handle({
      user: { name: owner.slice(0, 3), owner, createdAt: '2026-01-01T00:00:00.000Z' },
      form: formOf(new Map(Object.entries(fields))),
      userAgent: 'NodeJS-API',
      signal: new AbortController().signal,
      setHeader: () => undefined,
    });
  };
  /** The code that it is refused with; null: it is not. Fields that are not there throw before anything else does. */
  const refused = async (...args: Parameters<typeof call>): Promise<string | null> => {
    try {
      await call(...args);
      return null;
    } catch (error) {
      return codeOf(() => {
        throw error;
      });
    }
  };
  return { call, refused };
}
