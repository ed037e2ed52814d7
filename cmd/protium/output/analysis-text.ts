import type { Analysis, Found } from '../../../internal/provision/analysis.ts';
import type { CatalogueImage } from '../../../internal/provision/catalogue-image.ts';
import { formatTable } from './table.ts';

/** Each value with how sure it is and where it comes from; then the image and the notes. */
export function analysisText({ facts, notes }: Analysis, image: CatalogueImage): string {
  const rows = [...values('', facts)].map(([name, found]) => {
    const [first] = found.evidence;
    return [
      { text: name },
      { text: shown(found.value) },
      { text: `${Math.round(found.confidence * 100)} %` },
      { text: first === undefined ? '' : `${first.file}:${first.line}` },
      { text: first?.quote ?? '' },
    ];
  });
  const table = formatTable(['FACT', 'VALUE', 'SURE', 'FROM', 'LINE'], rows);
  const lines = [`image: ${image.reason}`, ...notes, ...image.notes];
  return `${table}${lines.map((line) => `\n${line}`).join('')}\n`;
}

/** The values below, by their path: "gpu.vram_gb_min". */
function* values(path: string, node: object): Generator<readonly [string, Found<unknown>]> {
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof value !== 'object' || value === null) continue;
    if (isFound(value)) yield [name, value];
    else yield* values(name, value);
  }
}

function isFound(value: object): value is Found<unknown> {
  return 'value' in value && 'confidence' in value && 'evidence' in value;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
