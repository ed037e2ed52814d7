import type { Rule } from '../../internal/provision/repository/rule.ts';
import type { TextRule } from '../../internal/provision/text/text-rules.ts';
import { workloads } from '../../internal/provision/repository/conclude/workloads.ts';

/** docs/provision-rules.md, from the tables that the analysis works with. */
export function provisionRulesPage(rules: readonly Rule[], textRules: readonly TextRule[]): string {
  const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);
  const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
  return `<!-- Made from the tables in internal/provision/repository and internal/provision/text. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/provision -->

# What a repository or a text asks of a machine: the rules

\`protium provision analyze PATH|URL\` reads a repository and prints \`{requirement, facts, notes}\`. It needs no daemon, and
no network but for the clone of a URL; nothing of the repository is run. Each value has its \`confidence\` (1: stated
outright; 0.5: estimated; below 0.3: nothing was said) and its \`evidence\`: file, line, a quote of that line, and the rule.
What is neither said nor to be estimated is absent.

At most 400 files are read, to three folders down, 1 MiB of each and 16 MiB of all; symbolic links are not followed. A
URL (https, file; ssh with \`--ssh\`) is cloned without history, hooks, submodules, LFS and questions, within two minutes and
2 GiB, into a private directory that is removed.

How the verdict on the GPU is made: what demands one makes it **required**, but where the repository itself shows a way
without one it is **recommended**; so it is by a framework that runs faster with one, by graphics, and by the text's advice.
What only supports one makes it **optional**. Sections of news, results, benchmarks, other systems and other versions do not
count, nor do sentences about what was measured or is planned. Of several floors the lowest counts; a manifest counts
before a page.

## Rules for repositories

${table(
  ['Rule', 'Reads', 'Concludes'],
  rules.map(({ name, reads, concludes }) => [`\`${name}\``, reads, concludes]),
)}

## Kinds of work

Where memory, disk and cores are not stated, the largest of what the kinds of work take that were found is the estimate.

${table(
  ['Kind', 'Cores', 'Memory, GB', 'Disk, GB'],
  Object.entries(workloads).map(([kind, { cores, ramGb, diskGb }]) => [
    kind,
    String(cores),
    String(ramGb),
    String(diskGb),
  ]),
)}

## Rules for texts

\`protium provision analyze --text FILE\` reads requirements in words: tables, lists and prose, in English, German, French,
Spanish, Italian and Portuguese, and the words for memory, disk and cards of Dutch, Polish, Russian, Chinese and Japanese. At
most 65536 characters are read. GB, GiB, Go and Gb mean the same; Gbit, GB/s and GHz are no size; "2,5" and "1.024" are read
as people of the language mean them.

Where a text has several cases, that one counts which the text asks for itself ("we only play at 1080p", "we are 180 users",
"the minimum is enough"), or \`--level\`; else what it recommends. What is in brackets, only just does, is there already or
is ruled out counts last or not at all. Parts of one thing are added up, with a note that shows the sum; of several figures for
the same the greatest counts, with a note. What belongs to one user, day or mailbox is multiplied by their number where the text
tells it; what each of several machines gets is not. A text that speaks of no graphics card needs none.

${table(
  ['Rule', 'Reads', 'Concludes'],
  textRules.map(({ name, reads, concludes }) => [`\`${name}\``, reads, concludes]),
)}
`;
}
