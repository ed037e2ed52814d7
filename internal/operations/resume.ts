import { jsonObjectCopy } from './json.ts';
import { Abandoned, type LiveOperation } from './live-operation.ts';
import { undoStep } from './take-back.ts';

/**
 * Brings an operation that a crash cut short back to where every step before some point is surely done and no later one
 * is, so that forward() can go on. Rejects when that cannot be found out or brought about.
 */
export async function rewind(live: LiveOperation): Promise<void> {
  const first = await firstNotDone(live);
  for (let index = live.steps.length - 1; index >= first; index -= 1) {
    const state = live.record.steps[index]?.state;
    if (state !== 'started' && state !== 'done' && state !== 'undo-failed') continue;
    if (live.abandoned) throw new Abandoned();
    // What cannot be taken back is done once more.
    if (live.steps[index]?.irreversible !== true) await undoStep(live, index);
    live.commit(live.setStep(index, { state: 'undone', endedAt: live.now() }));
  }
}

/** Finds out of what has no way back once it is done whether that came about with nobody left to write it down. */
export async function noteDone(live: LiveOperation): Promise<void> {
  for (const [index, step] of live.steps.entries()) {
    const record = live.record.steps[index];
    if (step?.irreversibleOnceDone !== true || step.verify === undefined || record?.state !== 'started')
      continue;
    const verdict = await step.verify(live.run(index), record.data);
    if (verdict === 'absent') continue;
    const facts = typeof verdict === 'object' ? jsonObjectCopy(verdict, 'facts') : {};
    live.commit(
      live.setStep(index, { state: 'done', data: { ...record.data, ...facts }, endedAt: live.now() }),
    );
  }
}

/**
 * The journal alone is not believed: a step may have been done with nobody left to write it down, and what was done may be
 * gone since (the host was restarted).
 */
async function firstNotDone(live: LiveOperation): Promise<number> {
  // What led to what cannot be taken back is not gone into again.
  const settled = live.steps.findLastIndex(
    (step, index) => step?.irreversibleOnceDone === true && live.record.steps[index]?.state === 'done',
  );
  for (const [index, step] of live.steps.entries()) {
    if (index <= settled) continue;
    const record = live.record.steps[index];
    if (record?.state !== 'done' && record?.state !== 'started') return index;
    if (step?.verify === undefined) {
      if (record.state === 'done') continue;
      return index;
    }
    const verdict = await step.verify(live.run(index), record.data);
    if (verdict === 'absent') return index;
    const facts = typeof verdict === 'object' ? jsonObjectCopy(verdict, 'facts') : {};
    live.note(
      live.setStep(index, {
        state: 'done',
        data: { ...record.data, ...facts },
        endedAt: record.endedAt ?? live.now(),
      }),
    );
  }
  return live.steps.length;
}
