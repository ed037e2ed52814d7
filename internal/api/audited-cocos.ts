import type { Audit } from '../audit/audit.ts';
import type { Action } from '../audit/entry.ts';
import type { CocosUseCases } from './cocos-use-cases.ts';
import type { RequestContext } from './request-context.ts';

/** The Cocos dialects' use cases, recorded, over HTTP and gRPC alike. */
export function auditedCocos(useCases: CocosUseCases, audit: Pick<Audit, 'recorded'>): CocosUseCases {
  return {
    createDomain: (request, context) =>
      audit.recorded(
        actionOf('CreateDomain', 'instance', context),
        () => useCases.createDomain(request, context),
        ({ name }) => ({ id: name }),
      ),
    run: (input, context) =>
      audit.recorded(
        actionOf('Run', 'computation', context),
        () => useCases.run(input, context),
        ({ id }) => ({ id }),
      ),
  };
}

function actionOf(method: string, kind: string, { caller, requestId }: RequestContext): Action {
  return {
    actor: caller,
    requestId,
    method: `cocos/${method}`,
    subject: { kind, id: '', project: caller.project },
  };
}
