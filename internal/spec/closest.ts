const longest = 40;

/** The word that was probably meant: the same but for case and signs, or two slips of the pen away; null: none is close. */
export function closest(word: string, words: Iterable<string>): string | null {
  if (word.length > longest) return null;
  const plain = bare(word);
  let best: { readonly word: string; readonly slips: number } | null = null;
  for (const candidate of words) {
    const slips = distance(plain, bare(candidate));
    const allowed = plain.length < 5 ? 1 : 2;
    if (slips <= allowed && slips < candidate.length / 2 && (best === null || slips < best.slips))
      best = { word: candidate, slips };
  }
  return best?.word ?? null;
}

function bare(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Levenshtein's distance. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? Infinity;
}
