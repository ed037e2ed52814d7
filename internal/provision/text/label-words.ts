import { findKindWords, type KindWord } from './words.ts';

/** What a label is about: the first word of it that says so. "Graphics memory" is vram, "Video" alone a card. */
export function kindOfLabel(label: string): KindWord['kind'] | null {
  const words = findKindWords(label);
  const strong = words.filter(({ weak }) => !weak);
  const vram = strong.find(({ kind }) => kind === 'vram');
  const [first] = strong;
  if (first === undefined) return labelOnly(label) ?? words[0]?.kind ?? null;
  return vram?.kind ?? first.kind;
}

/** Words that are clear only where they are all that stands there. */
function labelOnly(label: string): KindWord['kind'] | null {
  const word = label
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L} ]/gu, '')
    .trim();
  if (/^(?:video|gráficos?|gráfica|grafica|graphique|graphismes|grafiken|display|graphic)$/.test(word))
    return 'gpu';
  if (/^(?:speicher|mem)$/.test(word)) return 'memory';
  if (/^(?:target|hdd space|size|größe|taille|tamaño|installation|spiel|game)$/.test(word)) return 'disk';
  return null;
}

/** A label that says which part a line is about, not for whom. */
export function isSystemLabel(label: string): boolean {
  return kindOfLabel(label) !== null;
}
