/** A figure as people write it: `16`, `2,5`, `1,000`, `1.024`, `1 000`. Bounded, so that hostile text costs nothing. */
export const figurePattern = String.raw`\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,3}(?!\d)|\d{1,9}(?:[.,]\d{1,4})?`;

/**
 * The number that a figure of `figurePattern` means. A dot or comma before exactly three digits parts thousands, unless a zero
 * stands before it (`0,512`); any other is a decimal sign, in every language.
 */
export function readFigure(figure: string): number {
  const parts = figure.split(/[.,'’ \u00a0\u202f]/);
  const [whole = '', ...rest] = parts;
  if (rest.length > 0 && whole !== '0' && rest.every(({ length }) => length === 3))
    return Number(parts.join(''));
  return Number(rest.length === 0 ? whole : `${whole}.${rest.join('')}`);
}

/** Numbers in words, of the languages that texts come in. */
const words: Readonly<Record<string, number>> = {
  ...group(1, 'one single einen einem einer eine ein un une uno una um uma'),
  ...group(2, 'two dual zwei deux dos due dois duas'),
  ...group(3, 'three drei trois tres tre três'),
  ...group(4, 'four quad vier quatre cuatro quattro quatro'),
  ...group(5, 'five fünf cinq cinco cinque'),
  ...group(6, 'six hexa sechs seis sei'),
  ...group(7, 'seven sieben sept siete sette sete'),
  ...group(8, 'eight octa acht huit ocho otto oito'),
  ...group(9, 'nine neun neuf nueve nove'),
  ...group(10, 'ten zehn dix diez dieci dez'),
  ...group(12, 'twelve zwölf douze doce dodici doze'),
  ...group(16, 'sixteen sechzehn seize dieciséis sedici dezesseis dezasseis'),
  ...group(20, 'twenty zwanzig vingt veinte venti vinte'),
  ...group(24, 'twenty-four vierundzwanzig'),
  ...group(32, 'thirty-two zweiunddreißig'),
};

function group(value: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(' ').map((name) => [name, value]));
}

/** Alternatives for a regular expression, longest first. */
export const numberWordPattern = Object.keys(words)
  .sort((one, other) => other.length - one.length)
  .join('|');

/** A whole number in figures or in words; null: it is neither. */
export function readCount(text: string): number | null {
  const word = words[text.toLowerCase()];
  if (word !== undefined) return word;
  if (!/^\d[\d.,'’ \u00a0\u202f]{0,14}$/.test(text)) return null;
  const value = readFigure(text);
  return Number.isInteger(value) ? value : null;
}
