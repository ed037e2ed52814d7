import type { CardName } from './card.ts';

/** Bare names of data-centre and workstation cards that nothing else is commonly called by. */
const known = /^(?:[avph]100|a100x|h[28]00|h20|a800|gh200|gb[23]00|b[23]00|l40s|k80|v100s|mi\d{2,3}[xa]?)$/;

/** The ways in which people write a card of this name. */
export function cardNames(name: string): readonly CardName[] {
  const lower = name.toLowerCase();
  const [line = '', ...rest] = lower.split(' ');
  const after = rest.join(' ');
  const sure = (...texts: readonly string[]): CardName[] =>
    texts.map((text) => ({ text, strength: 'sure' as const }));
  const bare = (text: string): CardName => ({ text, strength: known.test(text) ? 'sure' : 'weak' });
  if (line === 'geforce') return sure(...geforceNames(after)).concat(bareGeforce(after));
  if (line === 'titan') {
    return sure(
      lower,
      `nvidia ${lower}`,
      ...(after === 'rtx' ? ['rtx titan'] : after === 'x' ? [] : [`gtx ${lower}`]),
    );
  }
  if (line === 'quadro') {
    if (after.startsWith('rtx ')) return sure(lower, after);
    if (/^\d/.test(after)) return sure(lower);
    return [...sure(lower, `nvidia ${after}`), bare(after)];
  }
  if (line === 'tesla') {
    // K40m has no fan, K40c one: the same card.
    const forms = /^k[24]0$/.test(after)
      ? ['c', 'm'].flatMap((form) => [`tesla ${after}${form}`, `${after}${form}`])
      : [];
    return [...sure(lower, `nvidia ${after}`, ...forms), bare(after)];
  }
  if (line === 'rtx') return rtxNames(lower, after, sure, bare);
  if (line === 'radeon') return radeonNames(lower, after, sure);
  if (line === 'firepro' || line === 'nvs' || line === 'grid') return sure(lower);
  if (line === 'instinct') return sure(lower, after, `radeon ${lower}`);
  if (line === 'arc') return [...sure(lower, `intel ${after}`), bare(after)];
  if (line === 'data')
    return sure(lower, after.replace('center ', ''), after.replace('center gpu ', 'intel '));
  if (line === 'uhd' || line === 'hd' || line === 'iris') return sure(...intelNames(lower));
  const others = lower.startsWith('t') ? [`quadro ${lower}`] : [`tesla ${lower}`];
  return [...sure(`nvidia ${lower}`, ...others), bare(lower)];
}

function geforceNames(after: string): string[] {
  const line = /^(rtx|gtx|gts|gt) (.*)$/.exec(after);
  const [, letters, number] = line ?? [];
  if (letters === undefined || number === undefined)
    return [`geforce ${after}`, ...(/^\d{3}$/.test(after) ? [] : [`nvidia ${after}`])];
  if (number.startsWith('titan')) return [`geforce ${after}`, after, `geforce ${number}`];
  const others = letters === 'rtx' ? [`gtx ${number}`] : [];
  // "nvidia 470" is a driver.
  const ofMaker = /^\d{3}$/.test(number) ? [] : [`nvidia ${number}`];
  return [`geforce ${after}`, after, `geforce ${number}`, ...ofMaker, ...others];
}

function bareGeforce(after: string): CardName[] {
  const number = after.replace(/^(?:rtx|gtx|gts|gt) /, '');
  if (/^\d{3,4} (?:ti|super)\b/.test(number) || /^\d{4} (?:gtx?|gts|ultra|gs|gx2)\b/.test(number)) {
    return [{ text: number, strength: 'sure' }];
  }
  return /^(?:[2-5]0[5-9]0|9[5-8]0|10[5-8]0|16[56]0)$/.test(number)
    ? [{ text: number, strength: 'weak' }]
    : [];
}

function rtxNames(
  lower: string,
  after: string,
  sure: (...texts: readonly string[]) => CardName[],
  bare: (text: string) => CardName,
): CardName[] {
  if (/^a\d/.test(after)) {
    return [...sure(lower, `nvidia ${after}`, `quadro ${after}`, `quadro ${lower}`), bare(after)];
  }
  const short = lower.replace(/ generation$/, '');
  const pro = /^rtx pro (\d{4}) blackwell$/.exec(lower)?.[1];
  return sure(
    ...new Set([lower, short, `quadro ${short}`]),
    ...(pro === undefined ? [] : [`rtx pro ${pro}`, `rtx ${pro} pro`, `rtx ${pro} blackwell`]),
    // A common slip: the A is the generation before.
    ...(pro === undefined ? [short.replace(/(?=\d{4} ada)/, 'a')] : []),
  );
}

function radeonNames(
  lower: string,
  after: string,
  sure: (...texts: readonly string[]) => CardName[],
): CardName[] {
  const [line = '', ...rest] = after.split(' ');
  const number = rest.join(' ');
  if (line === 'rx' && number.startsWith('vega')) return sure(lower, after, `radeon ${number}`, number);
  if (line === 'rx') {
    return sure(lower, after, `radeon ${number}`, ...(/ (?:xtx?|gre)$/.test(number) ? [number] : []));
  }
  if (line === 'ai') return sure(lower, after, number);
  if (line === 'pro') return sure(lower, after, ...(number.startsWith('w') ? [number, `amd ${number}`] : []));
  if (/^(?:r[579]|hd)$/.test(line)) return sure(lower, after, `radeon ${number}`);
  return sure(lower, `ati ${after}`, ...(/^x\d/.test(after) ? [after] : []));
}

/** `UHD Graphics 630`, `Iris Xe Graphics`. */
function intelNames(lower: string): string[] {
  const short = lower.replace(' graphics', '');
  return [lower, short, `intel ${lower}`, `intel ${short}`];
}
