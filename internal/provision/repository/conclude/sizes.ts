import type { Facts, Found } from '../../analysis.ts';
import type { Clue } from '../clue.ts';
import { found, lowestOfSurest, type Clues } from './clues.ts';
import { workloads, type Workload, type WorkloadSizes } from './workloads.ts';

/** Above what is estimated nothing is sure; what is stated is told as it stands. */
const estimate = 0.5;

export function sizeFacts(clues: Clues): Pick<Facts, 'cpu_cores' | 'ram_gb' | 'disk_gb'> {
  const kinds = workloadsOf(clues);
  const cores = stated(clues, 'cpuCores') ?? estimated(kinds, 'cores');
  const ram = stated(clues, 'ramGb') ?? estimated(kinds, 'ramGb');
  const disk = stated(clues, 'diskGb') ?? estimated(kinds, 'diskGb');
  return {
    ...(cores === undefined ? {} : { cpu_cores: cores }),
    ...(ram === undefined ? {} : { ram_gb: ram }),
    ...(disk === undefined ? {} : { disk_gb: disk }),
  };
}

function stated(clues: Clues, subject: 'cpuCores' | 'ramGb' | 'diskGb'): Found<number> | undefined {
  const all = clues.about(subject);
  // A script has one for each way it can be run: the whole takes the most.
  const scripts = all.filter(({ evidence }) => evidence.rule === 'script-minimum');
  if (scripts.length > 0) {
    const most = scripts.toSorted((left, right) => right.value - left.value)[0];
    return most === undefined ? undefined : found(most.value, [most]);
  }
  const lowest = lowestOfSurest(all, (value) => value);
  return lowest === undefined ? undefined : found(lowest.value, [lowest]);
}

/** What each kind of work takes is not added up: the largest of each is taken, as they come one after the other. */
function estimated(kinds: readonly Clue<'workload'>[], size: keyof WorkloadSizes): Found<number> | undefined {
  const most = Math.max(...kinds.map(({ value }) => workloads[value][size]));
  const because = kinds.filter(({ value }) => workloads[value][size] === most);
  return because.length === 0 ? undefined : found(most, because, estimate);
}

/** What says no more than another kind that was found. */
const general: ReadonlySet<Workload> = new Set([
  'script',
  'python-application',
  'native-build',
  'go-build',
  'node-application',
]);

function workloadsOf(clues: Clues): readonly Clue<'workload'>[] {
  const all = clues.about('workload');
  // A folder with a manifest of its own tells of the whole only where the root has none.
  const root = all.filter(({ confidence }) => confidence >= 0.5);
  const counted = root.length > 0 ? root : all;
  const special = counted.filter(({ value }) => !general.has(value));
  return [...special, ...counted.filter(({ value }) => general.has(value))];
}

export function mainWorkloads(clues: Clues): readonly Clue<'workload'>[] {
  return workloadsOf(clues);
}
