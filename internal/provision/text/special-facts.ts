import type { Evidence, Facts } from '../analysis.ts';
import type { CleanText } from './clean-text.ts';
import { isDenied, isRuledOut } from './negation.ts';
import type { Reading } from './reading.ts';

interface Special {
  readonly name: string;
  readonly pattern: RegExp;
  /** For people; empty: the name says it. */
  readonly note: string;
}

const specials: readonly Special[] = [
  {
    name: 'UEFI',
    pattern: /\b(?:uefi|efi firmware|ovmf)\b/gi,
    note: 'UEFI firmware is asked for: the VM gets it by its firmware setting.',
  },
  {
    name: 'Secure Boot',
    pattern: /\bsecure ?boot\b/gi,
    note: 'Secure Boot is asked for, which takes UEFI firmware with keys.',
  },
  { name: 'TPM', pattern: /\btpm(?: ?\d(?:\.\d)?)?\b/gi, note: 'A TPM is asked for: an emulated one does.' },
  {
    name: 'USB device',
    pattern:
      /\b(?:usb(?: ?[23](?:\.\d)?)? ?-? ?(?:\p{L}+ )?(?:sticks?|dongles?|devices?|keys?|port|passthrough|licen[cs]e|coral)|usb-(?:stick|dongle|gerät)|clé usb|dispositivo usb|chiavetta usb|llave usb|usb ?[23]\.\d|zigbee|z-wave|dongle)\b/giu,
    note: 'A USB device is to be handed to the VM: that is no PCI device, and is attached apart.',
  },
  {
    name: 'NPU',
    pattern: /\bnpus?\b/gi,
    note: 'An NPU is named: on most hosts it cannot be handed to a VM.',
  },
  {
    name: 'TPU',
    pattern: /\b(?:edge |coral |google )?tpus?\b/gi,
    note: 'A TPU is named: it has to be in the host to be handed over.',
  },
  {
    name: 'nested virtualization',
    pattern: /\b(?:nested|vt-?x|amd-v|hardware virtuali[sz]ation)\b/gi,
    note: '',
  },
  { name: 'Docker', pattern: /\bdocker(?:-compose)?\b/gi, note: '' },
  {
    name: 'swap off',
    pattern:
      /\bswap (?:must be |has to be |is |turned |switched )?(?:off|disabled)\b|\b(?:disable|no) swap\b/gi,
    note: 'Swap is to be off in the guest.',
  },
  { name: 'SSD', pattern: /\b(?:ssd|nvme)s?\b/gi, note: '' },
  {
    name: 'InfiniBand',
    pattern: /\b(?:infiniband|rdma|roce)\b/gi,
    note: 'InfiniBand or RDMA is named: the VM needs a network card of its own for it.',
  },
  {
    name: 'NVLink',
    pattern: /\b(?:nvlink|nvswitch)\b/gi,
    note: 'NVLink is named: all cards that it joins go to the VM together.',
  },
  {
    name: 'static address',
    pattern: /\b(?:static|fixed|feste|statische|fixe|fija|statico) ip(?: address|-adresse)?\b/gi,
    note: '',
  },
  { name: 'huge pages', pattern: /\bhuge ?pages?\b/gi, note: '' },
  { name: 'static MAC', pattern: /\b(?:unique|same|static|fixed) mac\b/gi, note: '' },
];

/** What no figure says: firmware, TPM, USB and the like. */
export function specialsOf(
  readings: readonly Reading[],
  clean: CleanText,
): { readonly special: Facts['special']; readonly notes: readonly string[] } {
  const found = new Map<string, Evidence>();
  const notes: string[] = [];
  for (const { name, pattern, note } of specials)
    for (const reading of readings)
      for (const match of reading.segment.text.matchAll(pattern)) {
        const [start, end] = [match.index, match.index + match[0].length];
        if (found.has(name) || isDenied(reading, start, end) || isRuledOut(reading, start, end)) continue;
        found.set(
          name,
          clean.evidence(reading.segment.start + start, reading.segment.start + end, 'requirement-special'),
        );
        if (note !== '') notes.push(note);
      }
  return {
    special:
      found.size === 0
        ? undefined
        : { value: [...found.keys()], confidence: 0.9, evidence: [...found.values()] },
    notes,
  };
}

/** "ECC suggested" asks for it too; "ECC not needed" does not. */
export function eccOf(readings: readonly Reading[], clean: CleanText): Facts['req_ecc'] {
  for (const reading of readings)
    for (const match of reading.segment.text.matchAll(/(?<!non-?|\p{L})ecc(?![\p{L}])/giu)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (isDenied(reading, start, end) || isRuledOut(reading, start, end)) continue;
      return {
        value: true,
        confidence: 0.9,
        evidence: [
          clean.evidence(reading.segment.start + start, reading.segment.start + end, 'requirement-ecc'),
        ],
      };
    }
  return undefined;
}
