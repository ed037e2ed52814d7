import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import { expect, it } from 'vitest';
import { parsePciIds } from '../../../internal/host/pci-ids.ts';
import { cardTable } from '../../../internal/gpu-models/card-table.ts';
import { pciIdsOf } from '../../../internal/gpu-models/cards.ts';
import type { KnownCard } from '../../../internal/gpu-models/card.ts';

const root = path.join(import.meta.dirname, '../../..');
const file = path.join(root, 'docs/gpu-cards.md');
const listed = parsePciIds(readFileSync(path.join(root, 'test/fixtures/pci-ids/graphics-cards.ids'), 'utf8'));

const head = `<!-- Made from the tables in internal/gpu-models/table. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/gpu-models -->

# Graphics cards that texts may name

\`protium provision\` reads names of graphics cards as people write them (\`GTX1080\`, \`3060 Ti\`, \`RX 6600 XT / 6700 XT\`,
\`A100-SXM4-80GB\`) and works out which devices of a host they are. What a card is called, how much memory it was sold with, its
compute capability and its place in the order come from the table below; its ids come from the host's own \`pci.ids\` (package
pci.ids or hwdata; \`update-pciids\` brings newer cards). Without that list the names are known all the same, but not the ids.

- **Memory** in GB, the usual size first; of a card with several chips, one chip's first, as each is a device of its own. A size
  that is said next to a name (\`GTX 1060 6GB\`) picks the ids of that size where they have their own.
- **Capability** is CUDA's. Empty: not NVIDIA's, older than CUDA, or sold with different chips under one name.
- **Speed** orders cards for "or better": an RTX 3060 is 100. "RTX 3060 or better" is every card of the same vendor that is as fast
  at least; of a card from NVIDIA's Turing on, none of an older generation. How much memory a card has is asked for apart.
- **Ids** are those of pci.ids 2023.04.10, as an example; (m): laptops. Several Radeons share an id, so that it does not tell them
  apart; for "or better" the slowest of them has to do.
`;

const titles: Readonly<Record<KnownCard['kind'], string>> = {
  consumer: 'for everyone',
  workstation: 'for workstations',
  datacenter: 'for data centres',
};
const makers = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel' } as const;

function row(card: KnownCard): string {
  const { desktop, mobile } = pciIdsOf(card, listed);
  const ids = [...desktop, ...mobile.map((id) => `${id} (m)`)].join(', ');
  const sizes = card.memoryGb.join(', ');
  return `| ${card.name} | ${sizes} | ${card.computeCapability ?? ''} | ${card.rank} | ${ids} |`;
}

function page(): string {
  const sections = Object.entries(makers).flatMap(([vendor, maker]) =>
    Object.entries(titles).map(([kind, title]) => {
      const cards = cardTable.filter((card) => card.vendor === vendor && card.kind === kind);
      return `## ${maker} ${title}\n\n| card | memory (GB) | capability | speed | ids |\n| --- | --- | --- | --- | --- |\n${cards.map(row).join('\n')}\n`;
    }),
  );
  return `${head}\n${sections.join('\n')}`;
}

it('docs/gpu-cards.md says what the table says (UPDATE_DOCS=1 rewrites it)', async () => {
  const options = await prettier.resolveConfig(file);
  const text = await prettier.format(page(), { ...options, parser: 'markdown' });
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
