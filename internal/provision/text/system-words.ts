import type { OsFamily as Family } from '../analysis.ts';

export interface SystemWord {
  readonly family: Family;
  /** "ubuntu", "windows11"; null: only the family is clear. */
  readonly flavour: string | null;
  readonly version: string | null;
  /** It stands for a system, but says so only by what needs it: DirectX, apt. */
  readonly hint: boolean;
  readonly start: number;
  readonly end: number;
}

const version = String.raw`(?:[\s-]?(?:v|version |release |r)?(?<version>\d{1,4}(?:\.\d{1,2}){0,2}))?`;

interface SystemPattern {
  readonly family: Family;
  readonly flavour: string | null;
  readonly names: string;
  readonly versioned: boolean;
}

function system(family: Family, flavour: string | null, names: string, versioned = true): SystemPattern {
  return { family, flavour, names, versioned };
}

const systems: readonly SystemPattern[] = [
  system('linux', 'ubuntu', 'x?ubuntu(?: (?:server|desktop|linux|lts))?|kubuntu|lubuntu|убунту'),
  system('linux', 'debian', 'debian(?: gnu/linux)?(?: linux)?'),
  system('linux', 'fedora', 'fedora(?: (?:workstation|server|coreos|linux))?'),
  system('linux', 'rhel', 'red ?hat(?: enterprise)?(?: linux)?|rhel'),
  system('linux', 'centos', 'cent ?os(?: (?:stream|linux))?'),
  system('linux', 'rocky', 'rocky linux|rocky(?=[ -]?[89])'),
  system('linux', 'almalinux', 'alma ?linux'),
  system('linux', 'oraclelinux', 'oracle linux|(?<=linux )ol'),
  system('linux', 'opensuse', 'open ?suse(?: (?:leap|tumbleweed))?'),
  system('linux', 'sles', 'suse(?: linux enterprise(?: server)?)?|sles'),
  system('linux', 'arch', 'arch ?linux', false),
  system('linux', 'alpine', 'alpine(?: linux)?'),
  system('linux', 'gentoo', 'gentoo', false),
  system('linux', 'nixos', 'nix ?os'),
  system('linux', 'mint', '(?:linux )?mint'),
  system('linux', 'kali', 'kali(?: linux)?', false),
  system('linux', 'proxmox', 'proxmox(?: ve| virtual environment)?|pve'),
  system('linux', 'truenas', 'truenas scale'),
  system('linux', 'unraid', 'unraid'),
  system('linux', 'steamos', 'steam ?os'),
  system('linux', 'raspios', 'raspberry pi os|raspbian'),
  system('linux', 'haos', 'home assistant os|haos', false),
  system('linux', 'openwrt', 'openwrt'),
  system('linux', 'amazonlinux', 'amazon linux'),
  system('linux', 'android', 'android(?:-x86)?'),
  system('linux', 'chromeos', 'chrome ?os(?: flex)?', false),
  system('linux', 'slackware', 'slackware'),
  system('linux', 'qubes', 'qubes(?: os)?'),
  system('linux', 'flatcar', 'flatcar|talos(?: linux)?|photon os|coreos', false),
  system('linux', 'vyos', 'vyos|ipfire|untangle', false),
  system('bsd', 'freebsd', 'free ?bsd'),
  system('bsd', 'openbsd', 'open ?bsd'),
  system('bsd', 'netbsd', 'net ?bsd'),
  system('bsd', 'dragonflybsd', 'dragonfly(?: ?bsd)'),
  system('bsd', 'opnsense', 'opnsense'),
  system('bsd', 'pfsense', 'pf ?sense(?: (?:ce|plus))?'),
  system('bsd', 'truenas', 'truenas core|freenas|truenas(?! scale)|xigmanas|nas4free'),
  system('bsd', 'ghostbsd', 'ghostbsd|midnightbsd|hardenedbsd', false),
  system('bsd', null, 'bsd', false),
  system('solaris', 'solaris', '(?:oracle |sun )?solaris|open ?solaris|sunos'),
  system(
    'solaris',
    'openindiana',
    'open ?indiana|omnios(?:ce)?|smartos|illumos|tribblix|nexenta(?:stor)?',
    false,
  ),
  system(
    'macos',
    'macos',
    'mac ?os(?: ?x)?(?: (?:monterey|ventura|sonoma|sequoia|big sur|catalina|mojave|high sierra|tahoe))?|os x|hackintosh|ipados|ios(?= (?:build|app|device|simulator))|xcode|final cut(?: pro)?|logic pro',
  ),
  system('macos', null, 'imac|macbook(?: pro| air)?|mac (?:mini|studio|pro)|macs?(?![- ]?address)', false),
  system('other', 'haiku', 'haiku(?:(?: os)|(?= (?:r1|beta|guest|vm)))?', false),
  system('other', 'reactos', 'reactos'),
  system('other', 'freedos', 'free ?dos|ms-?dos|dr-?dos|pc-?dos'),
  system('other', 'os2', 'os/2(?: warp)?|arcaos|ecomstation'),
  system('other', 'openvms', '(?:open)?vms(?= (?:x86|alpha|vax|itanium|v?\\d|on|operating))|openvms'),
  system('other', 'zos', 'z/os|z/vm|mvs'),
  system('other', 'aix', 'aix'),
  system('other', 'hpux', 'hp-?ux'),
  system('other', 'irix', 'irix'),
  system('other', 'qnx', 'qnx|vxworks'),
  system('other', 'plan9', 'plan 9|9front|inferno os', false),
  system('other', 'minix', 'minix'),
  system('other', 'tru64', 'tru64(?: unix)?|digital unix', false),
  system('other', 'unixware', 'unixware|sco (?:unix|openserver)|openserver'),
  system('other', 'netware', '(?:novell )?netware'),
  system('other', 'esxi', '(?:vmware )?esxi?(?: hypervisor)?|vsphere hypervisor'),
  system('other', 'ibmi', 'ibm i|os/400|i5/os'),
  system('other', 'riscos', 'risc os', false),
  system('other', 'amigaos', 'amigaos|aros|morphos'),
  system('other', 'templeos', 'templeos|menuetos|kolibrios|serenityos|redox os', false),
];

const compiled = systems.map(({ family, flavour, names, versioned }) => ({
  family,
  flavour,
  pattern: new RegExp(
    String.raw`(?<![\p{Script=Latin}\p{Script=Cyrillic}\p{N}/])(?:${names})${versioned ? version : ''}(?![\p{Script=Latin}\p{Script=Cyrillic}])`,
    'giu',
  ),
}));

const windowsServer =
  /(?<![\p{L}])(?:microsoft )?windows server(?: (?:core|standard|datacenter|essentials))?(?: (?<version>20(?:03|08|12|16|19|22|25)))?(?: r2)?/giu;
const windows =
  /(?<![\p{Script=Latin}])(?:(?:microsoft )?windows|win(?=[\s-]?(?:1[01]|[78]|xp|vista)))(?![\p{Script=Latin}]|\s?(?:manager|system|update|explorer|key|subsystem|size))(?:[\s-]*(?:version )?(?<version>(?:11|10|8\.1|8|7|xp|vista|2000|nt(?: ?4(?:\.0)?)?|9[58]|me|3\.11?)(?![\d.]\d))(?<others>(?:\s?(?:64[- ]?bit|x64|home|pro(?:fessional)?|enterprise|sp\d))*(?:\s?(?:\/|,|or|oder|ou|o|and|und|et|e|y|bis|to|または|或|或者|-)\s?(?:newer|windows )?(?:11|10|8\.1|8|7|xp|vista|2000|9[58]|me)(?![\d.]\d)){0,4})?)?/giu;

const hints: readonly (readonly [Family, RegExp])[] = [
  [
    'windows',
    /(?<![\p{L}])(?:directx|direct3d|\.net framework|active directory|hyper-v|microsoft (?:exchange|sql|office|access|store)|exchange server|sharepoint|iis|powershell|wddm|windows-?only|visual studio(?! code)|remote desktop services|rds host|msi installer|dynamics nav)(?![\p{L}])/giu,
  ],
  [
    'windows',
    /(?<![\p{L}])(?:autocad|revit|solidworks|inventor|3ds max|arcgis pro|catia|navisworks|civil 3d|solid edge|allplan|lumion|enscape|power bi desktop|vectorworks|archicad|premiere pro|after effects|photoshop|lightroom|datev|sage \d+|premiere)(?![\p{L}])/giu,
  ],
  [
    'windows',
    /(?<![\p{L}\d])(?:\d{2,3} ?fps|1080p|1440p|ray[ -]?tracing|steam deck|dlss|game|spiel|jeu|juego|gioco|jogo)(?![\p{L}])/giu,
  ],
  [
    'linux',
    /(?<![\p{L}])(?:linux|gnu\/linux|линукс|docker|podman|systemd|apt(?:-get)?|\.deb|\.rpm|yum|dnf|bash|kernel \d|rocm|kubernetes|kubeadm|k3s|slurm|cuda toolkit)(?![\p{L}])/giu,
  ],
];

const windowsOrder = ['11', '10', '8.1', '8', '7'];

/** Names of systems in a text, and what hints at one, by place. */
export function findSystems(text: string): readonly SystemWord[] {
  const found: SystemWord[] = [];
  const add = (word: SystemWord): void => {
    if (!found.some((other) => word.start < other.end && word.end > other.start)) found.push(word);
  };
  for (const match of text.matchAll(windowsServer)) {
    const release = match.groups?.['version'] ?? null;
    add({
      family: 'windows',
      flavour: `windowsserver${release ?? ''}`,
      version: release,
      hint: false,
      ...placeOf(match),
    });
  }
  for (const match of text.matchAll(windows)) add(windowsWord(match));
  for (const { family, flavour, pattern } of compiled)
    for (const match of text.matchAll(pattern))
      add({ family, flavour, version: match.groups?.['version'] ?? null, hint: false, ...placeOf(match) });
  for (const [family, pattern] of hints)
    for (const match of text.matchAll(pattern))
      add({ family, flavour: null, version: null, hint: !/linux|линукс/i.test(match[0]), ...placeOf(match) });
  return found.sort((one, other) => one.start - other.start);
}

/** Of several releases that will do the newest: it is the one that is still kept up. */
function windowsWord(match: RegExpExecArray): SystemWord {
  const said = [
    match.groups?.['version'] ?? '',
    ...((match.groups?.['others'] ?? '').match(/11|10|8\.1|8|7|xp|vista/gi) ?? []),
  ];
  const newest = windowsOrder.find((each) => said.includes(each));
  const old = said.find((each) => each !== '') ?? null;
  return {
    family: 'windows',
    flavour: newest === undefined ? null : `windows${newest}`,
    version: newest ?? old,
    hint: false,
    ...placeOf(match),
  };
}

function placeOf(match: RegExpExecArray): { readonly start: number; readonly end: number } {
  return { start: match.index, end: match.index + match[0].trimEnd().length };
}
