import type { LiveView } from '../libvirt/live-view/live-view.ts';
import { isFinal, type OperationState } from '../operations/model.ts';
import type { Operations } from '../operations/operations.ts';
import type { EventLog } from './event-log.ts';

/** Keeps what libvirt and the operations tell. Returns the function that ends it. */
export function logEvents(
  log: EventLog,
  view: Pick<LiveView, 'onChange' | 'domain'>,
  operations: Pick<Operations, 'watch'>,
): () => void {
  const states = new Map<string, OperationState>();
  const ends = [
    view.onChange(({ kind, type, id, name }) => {
      const state = kind === 'domain' ? (view.domain(id)?.state ?? null) : null;
      log.append({ kind, type, id, name, state, about: [] });
    }),
    operations.watch(null, ({ id, kind, state, resources }) => {
      const before = states.get(id);
      // Progress is for those who watch the operation.
      if (before === state) return;
      if (isFinal(state)) states.delete(id);
      else states.set(id, state);
      const about = resources.map((resource) => resource.slice(resource.indexOf('/') + 1));
      const type = before === undefined ? 'added' : 'changed';
      log.append({ kind: 'operation', type, id, name: kind, state, about });
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
