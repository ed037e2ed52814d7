/** A rule for texts. docs/provision-rules.md is made of these. */
export interface TextRule {
  /** Stands in the evidence. */
  readonly name: string;
  readonly reads: string;
  readonly concludes: string;
}

function rule(name: string, reads: string, concludes: string): TextRule {
  return { name: `requirement-${name}`, reads, concludes };
}

/** All rules for requirements in words, in the order of docs/provision-rules.md. */
export const textRules: readonly TextRule[] = [
  rule(
    'memory',
    'a size with a word for memory beside it, before it or over it; a bare one where no disk is spoken of',
    'memory of the level that is asked for',
  ),
  rule(
    'memory-sum',
    'sizes that are parts of one memory: "plus", "more", "4 GB each", "0.5 GB per user" with the count of users',
    'memory: their sum',
  ),
  rule(
    'disk',
    'a size with a word for storage; room beside the system unless the text says otherwise',
    'disk of the level that is asked for',
  ),
  rule(
    'disk-sum',
    'sizes for several things ("12 GB for the package, 50 GB for models"), shares for each user, day or mailbox',
    'disk: their sum',
  ),
  rule(
    'usual-size',
    'nothing: the text has no figure',
    'memory, disk or cores as such a machine commonly has them; a guess',
  ),
  rule(
    'cores',
    'counts of cores and vCPUs in figures and words: "quad-core", "doble núcleo", "vier Kerne"',
    'cores',
  ),
  rule(
    'processor-model',
    'a processor by name: "Core i7-8700K", "Ryzen 5"',
    'cores: those that it has, as an estimate',
  ),
  rule(
    'processor-feature',
    'AVX, AVX2, SSE4.2, VT-x or AMD-V …',
    'flags, or flags_optional where it only helps',
  ),
  rule('ecc', 'ECC, asked for or suggested', 'req_ecc'),
  rule(
    'system',
    'names of systems and their versions; a line on the system before other mentions, "only" before all',
    'os',
  ),
  rule(
    'system-hint',
    'what only one system has: DirectX, Active Directory, apt; games',
    'os.family, where none is named',
  ),
  rule('architecture', 'SPARC, POWER, ARM, RISC-V, "64-bit" …', 'arch'),
  rule('gpu-asked', 'a card, its memory, its maker or its technology', 'gpu.need: required'),
  rule('gpu-advised', '"a GPU is recommended", "not a must"', 'gpu.need: recommended'),
  rule('gpu-optional', '"optional", "if available", "speeds it up"', 'gpu.need: optional'),
  rule(
    'gpu-interface',
    'DirectX, OpenGL or WDDM and no card',
    'gpu.need: optional, as an emulated card may do',
  ),
  rule('gpu-integrated', 'integrated graphics', 'gpu.need: none where they are said to do, else optional'),
  rule('gpu-none', '"no graphics card", "GPU: not needed", "CPU only"', 'gpu.need: none'),
  rule('gpu-not-named', 'cards only to rule them out', 'gpu.need: none or optional'),
  rule(
    'gpu-vendor',
    'NVIDIA, AMD and Intel as makers of cards, CUDA, ROCm, oneAPI; "or similar" leaves it open',
    'gpu.vendors',
  ),
  rule('gpu-count', '"two A100", "4 × RTX 4090"; cards named side by side are a choice', 'gpu.count_min'),
  rule(
    'gpu-memory',
    'memory beside a card or with a word for the card\'s: "6 GB of VRAM", "a 3 GB GTX 780"',
    'gpu.vram_gb_min; of several cards the least',
  ),
  rule(
    'gpu-card',
    'names of cards of the level that is asked for, with or without the maker and the line',
    'gpu.named, and pci_any_of, pci_mobile_variants and named_not_in_pci_ids by pci.ids',
  ),
  rule(
    'gpu-binding',
    'words about the named cards: "e.g.", "only", a series',
    'gpu.named_binding: floor where nothing is said',
  ),
  rule(
    'gpu-ruled-out',
    '"except the GTX 1650", "AMD cards are advised against"',
    'gpu.pci_none_of, vendors_none_of',
  ),
  rule('cuda', 'CUDA, cuDNN, TensorRT', 'cuda.needed'),
  rule('cuda-version', '"CUDA 12.1"', 'cuda.version_min'),
  rule('cuda-driver', '"driver 525 or newer"', 'cuda.driver_min'),
  rule('compute-capability', '"compute capability 8.0", "sm_86"', 'gpu.compute_capability_min'),
  rule('runtime', 'versions of Python, Node.js, Java and PHP', 'runtime'),
  rule(
    'special',
    'UEFI, Secure Boot, TPM, USB devices, NPU, Docker, SSD …',
    'special, and a note where something is to be done',
  ),
  rule(
    'nothing-said',
    "the text's first line",
    'what is taken where nothing is said; it is all there is to show',
  ),
];
