import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface FuzzArguments {
  readonly inputs: number;
  readonly seed: number;
  /** A part of targets' names. */
  readonly only: string;
  readonly kinds: readonly ('parsers' | 'routes')[];
  /** One batch alone, to see a finding again; null: all. */
  readonly batch: number | null;
  /** So many processes give parsers their inputs at once. */
  readonly workers: number;
}

const usage = `npm run fuzz -- [--inputs N] [--seed N] [--only TEXT] [--kinds parsers,routes] [--batch N] [--workers N]

Gives every parser, every HTTP route and every gRPC method what others might send. Needs root for the routes: they are called on a
private libvirt host. The same seed gives the same inputs. --only and --batch show one finding again.
`;

export function readArguments(words: readonly string[]): FuzzArguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      only: { type: 'string', default: '' },
      kinds: { type: 'string', default: 'parsers,routes' },
      batch: { type: 'string' },
      workers: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return {
    inputs: count('inputs', values.inputs),
    seed: count('seed', values.seed),
    only: values.only,
    kinds: values.kinds.split(',').map((kind) => {
      if (kind !== 'parsers' && kind !== 'routes')
        throw new Error(`--kinds: "${kind}" is neither parsers nor routes`);
      return kind;
    }),
    workers: Math.max(1, count('workers', values.workers)),
    batch: values.batch === undefined ? null : count('batch', values.batch),
  };
}

function count(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name}: "${text}" is no number`);
  return Number(text);
}
