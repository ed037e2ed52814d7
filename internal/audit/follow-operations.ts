import { isFinal, type OperationRecord } from '../operations/model.ts';
import type { Operations } from '../operations/operations.ts';
import type { Draft } from './audit-store.ts';
import { factsOf, type Action, type AuditFacts } from './entry.ts';

interface FollowParts {
  readonly tell: (draft: Draft) => void;
  /** What is done at the moment: it is what begins an operation; null: the daemon does, by itself. */
  readonly current: () => Begins | null;
  /** Operations that the record holds as begun. */
  readonly open: readonly { readonly id: string; readonly facts: AuditFacts }[];
}

export interface Begins {
  readonly action: Action;
  readonly operations: Set<string>;
}

/**
 * Records how operations begin and end. What ended while nobody followed, in a crash say, is told first.
 *
 * @returns the function that ends it
 */
export function followOperations(
  operations: Pick<Operations, 'watch' | 'get'>,
  { tell, current, open }: FollowParts,
): () => void {
  const begun = new Map(open.map(({ id, facts }) => [id, facts]));
  const end = (id: string, facts: AuditFacts, result: string): void => {
    begun.delete(id);
    tell({ facts: { ...facts, event: 'operation-ended', result }, closes: `operation/${id}` });
  };
  for (const { id, facts } of open) {
    const record = operations.get(id);
    if (record === undefined) end(id, facts, 'forgotten');
    else if (isFinal(record.state)) end(id, facts, resultOf(record));
  }
  return operations.watch(null, (record) => {
    const { id } = record;
    let facts = begun.get(id);
    if (facts === undefined) {
      // Long ended: something of it that was left behind is taken back.
      if (isFinal(record.state)) return;
      const doing = current();
      doing?.operations.add(id);
      facts = factsOf('operation-begun', actionOf(record, doing?.action ?? null), { operation: id });
      begun.set(id, facts);
      tell({ facts, opens: `operation/${id}` });
    }
    if (isFinal(record.state)) end(id, facts, resultOf(record));
  });
}

function resultOf({ state, error }: OperationRecord): string {
  if (state === 'succeeded') return 'ok';
  return state === 'failed' && error !== null ? error.code : state;
}

/** Of several resources it is told the VM. */
function actionOf({ kind, resources, owner }: OperationRecord, doing: Action | null): Action {
  const main = resources.find((key) => key.startsWith('domain/')) ?? resources[0] ?? '';
  const [, objectKind = '', id = ''] = /^([^/]*)\/(.*)$/s.exec(main) ?? [];
  const project = owner ?? doing?.subject.project ?? '';
  return {
    actor: doing?.actor ?? { user: '', way: 'daemon', address: '', project: '' },
    requestId: doing?.requestId ?? '',
    method: `operation/${kind}`,
    subject: { kind: objectKind, id, project },
  };
}
