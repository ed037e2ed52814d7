/** One thing that was looked at before a machine is said to be ready. */
export interface Check {
  /** `ssh`, `cloud-init`, `vCPUs`, `memory`, `disk`, `cards`, `repository` */
  readonly name: string;
  /** `skipped`: it could not be asked. */
  readonly state: 'passed' | 'failed' | 'skipped';
  /** What was found, for a person. */
  readonly text: string;
}

/** What a guest is to have. */
export interface Expected {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
  /** `10de:2489`; null: no card. */
  readonly cardClass: string | null;
  readonly cards: number;
  /** Directory of the guest into which it was to clone a repository; null: none. */
  readonly repository: string | null;
}

/** Run by a shell of the guest; its argument is the repository's directory, or nothing. Works with busybox. */
export const findingScript = `
echo "vcpus $(nproc 2> /dev/null)"
while read -r name kib rest; do [ "$name" = MemTotal: ] && echo "memory $kib"; done < /proc/meminfo
for size in /sys/class/block/[vs]da/size; do [ -e "$size" ] && read -r sectors < "$size" && echo "disk $sectors"; done
for device in /sys/bus/pci/devices/*; do
  [ -e "$device/vendor" ] && read -r vendor < "$device/vendor" && read -r model < "$device/device" && echo "pci $vendor $model"
done
[ -z "$1" ] || { [ -e "$1/.git" ] && echo "repository $1"; }
exit 0
`;

/** Kernels and firmware keep some to themselves. */
const leastMemoryShare = 0.7;

/** What the script has found, beside what is to be there. Pure. */
export function judgeFindings(output: string, expected: Expected): readonly Check[] {
  const found = output.split('\n').map((line) => line.trim().split(/\s+/));
  const number = (key: string): number | null => {
    const value = found.find(([name]) => name === key)?.[1];
    return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
  };
  const vcpus = number('vcpus');
  const kib = number('memory');
  const sectors = number('disk');
  const cards = found.filter(
    ([name, vendor, model]) => name === 'pci' && `${hex(vendor)}:${hex(model)}` === expected.cardClass,
  ).length;
  const check = (name: string, passed: boolean | null, text: string): Check => ({
    name,
    state: passed === null ? 'skipped' : passed ? 'passed' : 'failed',
    text: passed === null ? 'The guest does not say.' : text,
  });
  const { memoryMib, diskBytes, cardClass, repository } = expected;
  return [
    check(
      'vCPUs',
      vcpus === null ? null : vcpus >= expected.vcpus,
      `The guest has ${vcpus ?? 0} of ${expected.vcpus}.`,
    ),
    check(
      'memory',
      kib === null ? null : kib / 1024 >= memoryMib * leastMemoryShare,
      `The guest has ${Math.round((kib ?? 0) / 1024)} MiB of ${memoryMib}.`,
    ),
    check(
      'disk',
      sectors === null ? null : sectors * 512 >= diskBytes,
      `The guest's disk has ${(sectors ?? 0) * 512} bytes of ${diskBytes}.`,
    ),
    ...(cardClass === null
      ? []
      : [
          check(
            'cards',
            cards >= expected.cards,
            `The guest sees ${cards} of ${expected.cards} cards ${cardClass}.`,
          ),
        ]),
    ...(repository === null
      ? []
      : [
          check(
            'repository',
            found.some(([name]) => name === 'repository'),
            found.some(([name]) => name === 'repository')
              ? `It is in ${repository}.`
              : `There is no clone in ${repository}: the image needs a package manager and a way to the repository.`,
          ),
        ]),
  ];
}

function hex(text = ''): string {
  return text.toLowerCase().replace(/^0x/, '');
}
