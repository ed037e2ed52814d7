import { remark } from '../clue.ts';
import { introductionOf, mentions, statements } from '../documents/mentions.ts';
import { sentenceAround } from '../documents/standing.ts';
import type { Rule } from '../rule.ts';

const gpu = String.raw`(?:GPUs?|CUDA|cuDNN|ROCm|graphics cards?|nvcc|NVIDIA)`;
/** Of a part that is asked for by who wants a GPU. */
const conditional =
  /\bGPU (?:version|build|support|package|backend|mode|usage|inference|training|acceleration)|\bto (?:use|enable|run on|take advantage|leverage)\b|\bif\b|\bwith GPU\b|CUDA (?:version of|backend|package|extension|support)|\bfor GPU\b|\bfor [^.]{0,20}\busers\b|\bcuBLAS\b|\bmake \w+=1|\bplease note\b|\bGPU(?:[- ]enabled| users)|\bwhen using\b|\bsome\b|\bFP8|\bbf16/i;
const denied = /\b(?:not|n't|no|never|without)\b[^.]{0,40}$/i;

export const textGpuRules: readonly Rule[] = [
  {
    name: 'text-gpu-demanded',
    reads: 'sentences and requirement lists of the README and of installation pages',
    concludes: 'a GPU is required, where it is asked for without condition',
    find: function* (view) {
      const sentence = new RegExp(
        String.raw`\b(?:requires?|required:?|needs?|must have|is intended for|only (?:works?|runs?) (?:on|with))\b[^.;]{0,120}?\b${gpu}\b[^.;]{0,30}|\b${gpu} (?:with [^.;]{0,40})?(?:is|are) (?:strictly )?(?:required|mandatory|needed|necessary)|\bruns? on (?:a|an|one|any)\b[^.;]{0,30}\bGPU with\b[^.;]{0,30}|\bwith (?:\w+ ?(?:\/|and|with) ?)?CUDA (?:available|installed)\b|\bno CPU(?:-only)? (?:support|version)|\b(?:CPU|CPUs) (?:is|are) not supported`,
        'gi',
      );
      for (const { match, passage, optional, measured, sentence: around, place } of statements(
        view,
        sentence,
      )) {
        const before = passage.text.slice(0, match.index);
        if (
          optional ||
          measured ||
          denied.test(before) ||
          conditional.test(around) ||
          passage.kind === 'code'
        )
          continue;
        if (
          isOneBackEnd(passage.headings) ||
          /\byou can (?:attempt|also|optionally|enable)\b/i.test(passage.text)
        )
          continue;
        if (
          /\b(?:not|n't|no) (?:require|need)|\bbuild|\bcompil|\bclient|\bplugin/i.test(around) &&
          !/\bGPU\b/.test(around)
        )
          continue;
        yield remark('gpu', 'demanded', 0.95, place);
      }
      const listed = new RegExp(
        String.raw`^(?:[-*+•]|\d+[.)])?\s*(?:\w+:\s*)?(?:(?:an?|one|at least (?:one|an?)|any|recent|GPU:|hardware:|the)\s+)*(?:modern |recent |latest |compatible |supported |version of |CUDA[- ]?(?:capable|ready|enabled|compatible)\s*)*${gpu}\b.{0,60}`,
        'gi',
      );
      for (const { match, passage, optional, sentence: around, standing, place } of statements(
        view,
        listed,
      )) {
        if (
          standing !== 'requirement' ||
          optional ||
          denied.test(around) ||
          !['item', 'row', 'prose'].includes(passage.kind)
        )
          continue;
        if (passage.text.endsWith(':') && passage.text.length < 60) continue;
        if (passage.kind === 'prose' && !/requir|need|must/i.test(passage.leadIn + around)) continue;
        if (conditional.test(around) || /\bsupport\b|variant|image|container|docker|recommend/i.test(around))
          continue;
        if (isOneBackEnd(passage.headings)) continue;
        if (
          !isInRequirements(passage.headings, passage.leadIn) &&
          !/[\d]|toolkit|capab|architecture/i.test(match[0])
        )
          continue;
        if (
          !isInRequirements(passage.headings, passage.leadIn) &&
          /^(?:[-*+•]|\d+[.)])?\s*(?:CUDA|GPU|cuDNN|ROCm)\s*[:(]/i.test(match[0])
        )
          continue;
        yield remark('gpu', 'demanded', 0.9, place);
      }
      for (const { passage, optional, sentence: around, standing, place } of statements(
        view,
        /\bA (?:CUDA|ROCm|HIP)[^.;]{0,30}compiler\b[^.;]{0,40}|\bCUDA toolkit (?:is )?(?:required|or)\b.{0,40}/gi,
      ))
        if (standing === 'requirement' && !optional && !conditional.test(around) && passage.kind !== 'code')
          yield remark('gpu', 'demanded', 0.9, place);
    },
  },
  {
    name: 'text-gpu-purpose',
    reads: "the title and the first paragraphs of the root's README",
    concludes: 'the repository is about GPUs: a GPU is required, unless there is a way with a CPU',
    find: function* (view) {
      const pattern =
        /\b(?:GPU|CUDA|ROCm)[- ](?:accelerated|optimi[sz]ed|native|powered|first|only)\b.{0,60}|\b(?:for|on|using|targeting) (?:(?:modern|NVIDIA|AMD|CUDA|multiple)(?:'s)? ){0,2}GPUs?\b|\b(?:in|of) [^.]{0,30}(?:C|C\+\+)\/CUDA\b|\b(?:CUDA|HIP|ROCm)\b[^.]{0,20}\b(?:samples?|examples?|kernels?|librar(?:y|ies)|toolbox|programs?)\b/gi;
      for (const passage of introductionOf(view))
        for (const match of passage.text.matchAll(pattern)) {
          const sentence = sentenceAround(passage.text, match.index, match.index + match[0].length);
          if (
            passage.kind === 'row' ||
            passage.kind === 'item' ||
            /\bCPUs?\b|\bsupports?\b|\boptional/i.test(sentence)
          )
            continue;
          yield remark('gpu', 'purpose', 0.8, passage.place(match.index, match.index + match[0].length));
        }
    },
  },
  {
    name: 'text-gpu-advised',
    reads: 'sentences of the README and of installation pages with "recommend"',
    concludes: 'a GPU is recommended; CUDA is wanted where it is named',
    find: function* (view) {
      const pattern = new RegExp(
        String.raw`\b${gpu}\b[^.;]{0,60}\b(?:strongly |highly )?recommended\b|\brecommend(?:ed|s)?\b[^.;]{0,60}\b${gpu}\b`,
        'gi',
      );
      for (const { match, standing, measured, sentence, passage, place } of statements(view, pattern)) {
        if (
          measured ||
          ['code', 'heading'].includes(passage.kind) ||
          isOneBackEnd(passage.headings) ||
          /for best performance|container|not recommend|driver/i.test(sentence)
        )
          continue;
        yield remark('gpu', 'advised', standing === 'requirement' ? 0.95 : 0.8, place);
        if (/CUDA/i.test(match[0])) yield remark('cudaWanted', true, 0.9, place);
      }
    },
  },
  {
    name: 'text-gpu-supported',
    reads: 'sentences of the README and of installation pages that tell of support for GPUs',
    concludes: 'a GPU can be used: it is optional',
    find: function* (view) {
      const pattern =
        /\b(?:CUDA|GPU|ROCm|GPGPU)s?\b[^.;]{0,25}\b(?:support(?:ed)?|backends?|acceleration|enabled|accelerated|offload\w*)\b|\bsupports?\b[^.;]{0,40}\b(?:CUDA|GPUs?|ROCm)\b|\bhardware[- ]accelerat\w+|\bNVENC\b|\bVA-?API\b|--gpus[= ]\S+|\bCUDA_VISIBLE_DEVICES\b|--features[= ]\S*cuda\b|\bGPU training\b|\bCUDA operations\b/gi;
      for (const { place, passage, sentence } of statements(view, pattern))
        if (
          !/\bvariants? of\b|\benabled variants?\b/i.test(sentence) &&
          !/web|browser|CSS/i.test(passage.text.slice(0, 200))
        )
          yield remark('gpu', 'supported', 0.7, place);
    },
  },
  {
    name: 'text-cpu-path',
    reads:
      'options and sentences of all READMEs that tell of a run without a GPU: --device=cpu, --no-cuda, "CPU-only"',
    concludes: 'it runs without a GPU: one is recommended at most',
    find: function* (view) {
      const pattern =
        /--device[= ]["']?cpu\b|--(?:no[-_](?:cuda|accel|gpu)|cpu(?:-only)?|use[-_]cpu|disable-cuda)\b(?!-)|\bdevice\s*=\s*["']cpu["']|\bCPU[- ]only\b|\bwithout (?:a |an |any |using )?(?:(?:NVIDIA|discrete|dedicated) )?(?:GPUs?|CUDA)\b|\b(?:runs?|running|train|works?|deploy|execut\w*)\b(?: \w+){0,4} on (?:the |a |your |only )?CPUs?\b|\bCPUs? (?:is|are) (?:also )?(?:supported|enough|sufficient)|\bno GPU (?:is )?(?:required|needed)|\b(?:don't|do not|doesn't|does not|don’t) (?:\w+ )?(?:have|need|require) (?:a |an |any |one |even )*(?:\w+ )?GPU|\bquick ?start \(CPU\)|\bGPU (?:is|are) (?:optional|not (?:required|needed|necessary))|\bcpuonly\b|\bGPU poor\b|\[cpu\]|\bwhl\/cpu\b|\bCPU[- ](?:inference|training) (?:is )?support/gi;
      for (const { place, sentence, otherwise } of mentions(view, pattern))
        if (
          !otherwise &&
          !/offload|not (?:be )?support|not possible|cannot|can't|will not work|third[- ]party|to build\b|\bsimulat|multiple GPU/i.test(
            sentence,
          )
        )
          yield remark('gpu', 'cpu', 0.9, place);
    },
  },
  {
    name: 'text-graphics',
    reads: "the README's first paragraphs and installation pages: Vulkan, OpenGL, game engines",
    concludes: 'it draws: a GPU for graphics is recommended, without CUDA',
    find: function* (view) {
      const pattern =
        /\bmesa-vulkan-drivers\b|\bVulkan\b|\bOpenGL\b(?! ?ES)|\bDirect3D\b|\bgame engine\b|\b3D (?:rendering|graphics|engine|creation)\b/gi;
      const introduction = introductionOf(view);
      for (const { place, passage, standing } of statements(view, pattern))
        if (introduction.includes(passage) || standing === 'requirement')
          yield remark('gpu', 'graphics', introduction.includes(passage) ? 0.8 : 0.6, place);
    },
  },
  {
    name: 'text-apple-silicon',
    reads: "the README's first paragraphs and requirement lists",
    concludes: "it is made for Apple's GPUs, which no Linux host has",
    find: function* (view) {
      const introduction = introductionOf(view);
      for (const { place, passage, standing, sentence } of statements(
        view,
        /\b(?:on|for|using) Apple(?:'s)? ?(?:silicon|GPUs?|Metal|M[1-4])\b|^\W*Using Apple silicon/gi,
      ))
        if (
          !/\bCUDA\b|\balso\b|support/i.test(sentence) &&
          (introduction.includes(passage) || (standing === 'requirement' && passage.kind === 'item'))
        )
          yield remark('gpu', 'apple', introduction.includes(passage) ? 0.9 : 0.7, place);
    },
  },
  {
    name: 'text-gpu-vendor',
    reads: 'titles, first paragraphs, headings and requirement lists that name NVIDIA, AMD or Intel GPUs',
    concludes: 'the vendors whose GPUs will do',
    find: function* (view) {
      const introduction = introductionOf(view);
      for (const [vendor, pattern] of vendors)
        for (const { place, passage, standing, forAll, otherwise } of mentions(view, pattern)) {
          if (!forAll || otherwise || standing === 'aside') continue;
          const first = introduction.includes(passage);
          if (!first && standing !== 'requirement' && passage.kind !== 'heading' && passage.kind !== 'row')
            continue;
          if (/\bforks?\b|\bsee\b|separate/i.test(passage.text.slice(0, 120)) && passage.kind !== 'prose')
            continue;
          yield remark(
            'vendor',
            vendor,
            passage.kind === 'heading' || standing === 'requirement' ? 0.9 : 0.7,
            place,
          );
        }
    },
  },
];

const vendors = [
  [
    'nvidia',
    /\bNVIDIA\b(?! Corporation)|\bCUDA\b|\bcuDNN\b|\bnvcc\b|\b(?:RTX|GTX) ?\d{4}\b|\bA100\b|\bH100\b/gi,
  ],
  [
    'amd',
    /\bROCm\b|\bHIP\b|\bhipcc\b|\bAMD\b(?!64)[^.;|]{0,20}\b(?:GPUs?|Instinct|Radeon|MI\d{2,3})|\bAMD: MI\d+|\bRadeon\b/g,
  ],
  ['intel', /\bIntel(?:\(R\))?[^.;|]{0,20}\b(?:GPUs?|Arc|XPU)\b|\boneAPI\b/g],
] as const;

/** A section on one of several ways to run it: what it requires is for who goes that way. */
function isOneBackEnd(headings: readonly string[]): boolean {
  const inner = headings.slice(1).at(-1) ?? '';
  if (/requirement|prerequisite|hardware/i.test(inner)) return false;
  return /\boptional|accelerat|\b(?:CUDA|cuBLAS|GPUs?|ROCm|cuDNN|TensorRT|Docker|Kubernetes)\b/i.test(inner);
}

function isInRequirements(headings: readonly string[], leadIn: string): boolean {
  return (
    headings.some((heading) => /requirement|prerequisite|hardware|what you need/i.test(heading)) ||
    /requirement|prerequisite|requires?\b|need/i.test(leadIn)
  );
}
