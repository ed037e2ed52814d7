import type { Audit } from '../../audit/audit.ts';
import { isRefusal } from '../../audit/refusal-codes.ts';
import type { Limits } from '../../rate-limits/limits.ts';
import { limitedMethod } from '../../rate-limits/method-calls.ts';
import type { RequestContext } from '../request-context.ts';
import type { V1Service } from './service.ts';

/** A service whose costly methods a caller has so many times a minute. */
export function limitedService(service: V1Service, limits: Limits, audit: Pick<Audit, 'refused'>): V1Service {
  const methods = Object.entries(service.methods).map(([name, method]) => {
    const limited = limitedMethod(name);
    if (limited === undefined) return [name, method] as const;
    const call = method as (request: unknown, context: RequestContext) => unknown;
    // None of them streams its answer.
    const counted = async (request: unknown, context: RequestContext): Promise<unknown> => {
      const { caller, requestId } = context;
      try {
        await limits.count(limited, caller);
      } catch (error) {
        if (isRefusal(error)) {
          const subject = { kind: '', id: '', project: caller.project };
          const full = `${service.name}/${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
          await audit.refused({ actor: caller, requestId, method: full, subject }, error);
        }
        throw error;
      }
      return call(request, context);
    };
    return [name, counted] as const;
  });
  return { ...service, methods: Object.fromEntries(methods) };
}
