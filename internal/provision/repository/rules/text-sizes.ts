import { remark, type Place, type Remark } from '../clue.ts';
import { mentions, statements, type Mention } from '../documents/mentions.ts';
import type { RepositoryView } from '../repository-view.ts';
import type { Rule } from '../rule.ts';

const size = String.raw`(\d{1,4}(?:\.\d{1,2})?)\s?(TB|TiB|GB|GiB|G|MB|MiB)\b\+?`;
const need =
  /\brequir|\bneed|\bminimum\b|\bmin\b|\bat least\b|\brecommend|\bor (?:more|higher|above)\b|>=|≥|\bmust\b|\d\s?G(?:i?B)?\s?\+|\bof free\b/i;
const notAFloor =
  /\bless than\b|(?<!requires? )\bup to\b|\bunder \d|\bfewer than\b|\bmaximum\b|\bsaves?\b|\breduc|\binstead of\b|\bonly \d|\bas little as\b|\bcheckpoints? (?:is|are)\b|\bdownload\b|\bshm/i;

export const textSizeRules: readonly Rule[] = [
  {
    name: 'text-gpu-memory',
    reads: 'sentences and requirement lists with an amount of GPU memory',
    concludes: 'the lowest amount of GPU memory, in GB as the text has it',
    find: function* (view) {
      const memory = String.raw`(?:VRAM|GPU[- ](?:memory|RAM|VRAM)|video (?:memory|RAM)|graphics memory|(?:memory|RAM) on (?:the|your|a) GPU)`;
      const pattern = new RegExp(
        String.raw`${size}(?: or more| or higher)?(?: of)?(?: free| available| dedicated)?\s*\(?${memory}|${memory}[^.;\d|]{0,30}${size}|\bGPUs?\b[^.;\d]{0,25}\b(?:with|having|has)\b[^.;\d]{0,20}${size}(?: of)?(?: memory| RAM)?|\b${size}\s+GPU\b`,
        'gi',
      );
      for (const mention of statements(view, pattern)) {
        const { match, place, passage, optional, sentence, standing } = mention;
        const amount = amountOf(match);
        if (
          amount === null ||
          optional ||
          passage.kind === 'row' ||
          passage.kind === 'code' ||
          notAFloor.test(sentence)
        )
          continue;
        if (isAsideMeasure(mention) || (!need.test(sentence) && standing !== 'requirement')) continue;
        yield remark('vramGb', amount, standing === 'requirement' ? 1 : 0.8, place);
      }
      yield* fromModelTable(view);
    },
  },
  {
    name: 'text-memory',
    reads: 'sentences and requirement lists with an amount of memory (RAM)',
    concludes: 'the lowest amount of memory, in GB as the text has it',
    find: function* (view) {
      const memory = String.raw`(?:(?:system |main |host |physical |CPU )?(?:RAM|memory))`;
      const pattern = new RegExp(
        String.raw`${size}(?: or more| or higher)?(?: of)?(?: free| available| system)?\s*\(?${memory}\b|\b${memory}\b[^.;\d|]{0,30}${size}`,
        'gi',
      );
      for (const mention of statements(view, pattern)) {
        const { match, place, passage, optional, sentence, standing } = mention;
        const amount = amountOf(match);
        if (
          amount === null ||
          optional ||
          passage.kind === 'code' ||
          notAFloor.test(sentence) ||
          isAsideMeasure(mention)
        )
          continue;
        if (isOfGpu(mention)) continue;
        if (!need.test(sentence) && standing !== 'requirement') continue;
        yield remark('ramGb', amount, standing === 'requirement' ? 1 : 0.8, place);
      }
    },
  },
  {
    name: 'text-disk',
    reads: 'sentences and requirement lists with an amount of disk space',
    concludes: 'the lowest amount of disk space, in GB as the text has it',
    find: function* (view) {
      const disk = String.raw`(?:disk|storage|hard (?:drive|disk)|SSD|HDD|free space|drive space)`;
      const pattern = new RegExp(
        String.raw`${size}(?: or more)?(?: of)?(?: free| available| additional)*\s*\(?${disk}\b|\b${disk}\b[^.;\d|]{0,30}${size}`,
        'gi',
      );
      for (const mention of statements(view, pattern)) {
        const { match, place, passage, optional, sentence, standing } = mention;
        const amount = amountOf(match);
        if (
          amount === null ||
          optional ||
          passage.kind === 'code' ||
          notAFloor.test(sentence) ||
          isAsideMeasure(mention)
        )
          continue;
        if (!need.test(sentence) && standing !== 'requirement') continue;
        yield remark('diskGb', amount, standing === 'requirement' ? 1 : 0.8, place);
      }
    },
  },
  {
    name: 'text-cpu-cores',
    reads: 'sentences and requirement lists with a number of cores',
    concludes: 'the lowest number of cores',
    find: function* (view) {
      const pattern =
        /(?<![\d.-])(\d{1,3})\s?(?:\+|or more)?\s?(?:x\s?)?(?:physical |logical |virtual )?(?:CPU[- ]?|processor )?(?:cores?|CPUs?|vCPUs?)\b|\b(?:CPU )?cores?\b\s*[:|>=≥]+\s*(?:at least )?(\d{1,3})\b|\bCPU:\s*(\d{1,3})\b/gi;
      for (const mention of statements(view, pattern)) {
        const { match, place, passage, optional, sentence, standing } = mention;
        const count = Number(match[1] ?? match[2] ?? match[3]);
        if (optional || passage.kind === 'code' || isAsideMeasure(mention) || count < 1 || count > 256)
          continue;
        if (
          !/\brequir|\bneed|\bminimum\b|\bat least\b|\brecommend|\bmust\b/i.test(sentence + passage.leadIn) &&
          standing !== 'requirement'
        )
          continue;
        if (/\d-core machine|takes|minutes/i.test(sentence)) continue;
        yield remark('cpuCores', count, standing === 'requirement' ? 1 : 0.8, place);
      }
    },
  },
  {
    name: 'text-gpu-count',
    reads: 'requirement sentences with a number of GPUs',
    concludes: 'the lowest number of GPUs',
    find: function* (view) {
      const pattern =
        /\b(?:requires?|needs?|minimum of|at least)\s+(?:at least\s+)?(\d{1,2})\s?(?:x|×)?\s?(?:[A-Z][\w-]*\s){0,3}GPUs\b/gi;
      for (const mention of statements(view, pattern)) {
        const { match, place, optional, standing } = mention;
        if (!optional && standing === 'requirement' && !isAsideMeasure(mention))
          yield remark('gpuCount', Number(match[1]), 0.9, place);
      }
    },
  },
];

/** A table of models with the memory that each takes: that of the default one, or of the smallest. */
function* fromModelTable(view: RepositoryView): Generator<Remark> {
  const readme = view.passages.filter(({ file }) => !file.includes('/'));
  let column = -1;
  const rows: { readonly name: string; readonly amount: number; readonly place: Place }[] = [];
  for (const passage of readme) {
    if (passage.kind !== 'row') {
      if (passage.kind === 'heading') column = -1;
      continue;
    }
    const cells = passage.text
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const header = cells.findIndex((cell) => /\bVRAM\b|GPU memory/i.test(cell));
    if (header !== -1) {
      column = header;
      continue;
    }
    const amount =
      column === -1 ? null : /^[~≈]?\s*(\d{1,3}(?:\.\d+)?)\s*(?:GB|GiB)/i.exec(cells[column] ?? '');
    const name = cells[0] ?? '';
    if (amount !== null && name !== '')
      rows.push({ name, amount: Number(amount[1]), place: passage.place(0, passage.text.length) });
  }
  if (rows.length === 0) return;
  const named = rows.find(({ name }) => isTheDefault(view, name));
  const smallest = rows.reduce((best, row) => (row.amount < best.amount ? row : best));
  const { amount, place } = named ?? smallest;
  yield remark('vramGb', amount, named === undefined ? 0.6 : 0.9, place);
}

function isTheDefault(view: RepositoryView, name: string): boolean {
  const word = name.replaceAll(/[^\w.-]/g, '');
  if (word === '') return false;
  const pattern = new RegExp(
    String.raw`\bdefault\b[^.]{0,60}\b${word.replaceAll('.', String.raw`\.`)}\b|\b${word.replaceAll('.', String.raw`\.`)}\b[^.]{0,40}\b(?:is|as) (?:the )?default\b`,
    'gi',
  );
  return !mentions(view, pattern).next().done;
}

function amountOf(match: readonly (string | undefined)[]): number | null {
  const index =
    match.slice(1).findIndex((group: string | undefined) => group !== undefined && /^\d/.test(group)) + 1;
  const [value, unit] = [Number(match[index]), match[index + 1]?.toUpperCase() ?? ''] as const;
  if (!Number.isFinite(value) || value <= 0) return null;
  if (unit.startsWith('T')) return value * 1000;
  return unit.startsWith('M') ? Math.round(value / 100) / 10 : value;
}

function isAsideMeasure({ measured, otherwise, passage }: Mention): boolean {
  return measured || otherwise || /benchmark|results|performance/i.test(passage.headings.at(-1) ?? '');
}

/** "GPUs with at least 12 GB of memory", "16 GB memory per GPU". */
function isOfGpu({ match, passage }: Mention): boolean {
  const end = match.index + match[0].length;
  const before = passage.text.slice(Math.max(0, match.index - 50), match.index).replace(/^.*[.;,]\s/, '');
  return /\b(?:GPUs?|VRAM|video|graphics|cards?|[ATHVL]\d{1,3}0)\b/i.test(
    `${before} ${match[0]} ${passage.text.slice(end, end + 20)}`,
  );
}
