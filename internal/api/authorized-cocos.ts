import { requireAccess } from '../authorization/authorize.ts';
import { httpPolicy } from '../authorization/policy/http.ts';
import type { CocosUseCases } from './cocos-use-cases.ts';

/** What the Cocos dialects call, for whom the policy lets: the same over HTTP and gRPC. */
export function authorizedCocos(useCases: CocosUseCases): CocosUseCases {
  return {
    async createDomain(request, context) {
      requireAccess('POST /domain', httpPolicy['POST /domain'], context.caller);
      return useCases.createDomain(request, context);
    },
    async run(input, context) {
      requireAccess('POST /run', httpPolicy['POST /run'], context.caller);
      return useCases.run(input, context);
    },
  };
}
