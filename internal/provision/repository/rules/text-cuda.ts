import { remark } from '../clue.ts';
import { mentions, statements, type Mention } from '../documents/mentions.ts';
import type { Rule } from '../rule.ts';
import { architectures, lowestCapability } from './architectures.ts';

const orLater = String.raw`(?:\s*\+(?!\d)|\s*(?:or|and|&)\s*(?:above|later|newer|higher|greater|up|upwards?|more recent)\b|\s*(?:or|and) a(?:bove|fter)|\s*onwards?\b)`;
const atLeast = String.raw`(?:>=|=>|≥|&gt;=|⩾|>|at least|minimum(?: of)?|version at least|or later than|newer than)`;

export const textCudaRules: readonly Rule[] = [
  {
    name: 'text-cuda-version',
    reads: 'sentences and requirement lists with a version of CUDA: "CUDA 12.0 and above", "CUDA >= 11.7"',
    concludes: 'the lowest version of CUDA; of several floors the lowest, not those for Windows',
    find: function* (view) {
      const floor = new RegExp(
        String.raw`\bCUDA\b(?:[- ](?:toolkit|version|SDK|runtime))*[\s:(]*(?:${atLeast}\s*v?(\d{1,2}(?:\.\d{1,2})?)|v?(\d{1,2}(?:\.\d{1,2})?)${orLater})`,
        'gi',
      );
      const pinned =
        /\b(?:supports?|requires?|needs?|depends on|built (?:with|against)|for)\s+CUDA(?: Toolkit)?(?: version)?\s+v?(\d{1,2}\.\d{1,2})\b/gi;
      for (const mention of statements(view, floor)) {
        const version = mention.match[1] ?? mention.match[2];
        if (version === undefined || isOfAnotherSystem(mention)) continue;
        if (/compil\w+ error|update your|for best/i.test(mention.sentence)) continue;
        yield remark('cudaVersion', version, mention.standing === 'requirement' ? 1 : 0.8, mention.place);
      }
      for (const mention of statements(view, pinned)) {
        if (mention.optional || isOfAnotherSystem(mention) || mention.measured) continue;
        if (mention.match[0].startsWith('for ') && mention.standing !== 'requirement') continue;
        if (/^for\b/i.test(mention.match[0]) && /^\s*for cuda/i.test(mention.sentence)) continue;
        yield remark('cudaVersion', mention.match[1] ?? '', 0.85, mention.place);
      }
      for (const mention of statements(
        view,
        /^(?:[-*+•]|\d+[.)])\s*(?:NVIDIA )?CUDA(?: Toolkit)?(?: version)?[: ]+v?(\d{1,2}(?:\.\d{1,2})?)(?:\.x)?\s*(?:$|[(,.])/gim,
      ))
        if (mention.standing === 'requirement' && !mention.optional && !isOfAnotherSystem(mention))
          yield remark('cudaVersion', mention.match[1] ?? '', 0.9, mention.place);
    },
  },
  {
    name: 'text-compute-capability',
    reads: 'sentences with a compute capability, "sm_80 or newer", or the architectures that are supported',
    concludes: 'the lowest compute capability',
    find: function* (view) {
      const number = new RegExp(
        String.raw`\bcompute capabilit(?:y|ies)\b[^.;\d]{0,30}?(?:${atLeast}\s*)?(\d{1,2}\.\d)\b|\bSM ?(?:${atLeast}\s*)(\d\.\d)\b|\b(?:${atLeast})\s*SM ?(\d{1,2}\.\d)\b|\bsm_?(\d{2,3})\b${orLater}`,
        'gi',
      );
      for (const { match, place, passage, standing, optional, sentence } of statements(view, number)) {
        const given = match[1] ?? match[2] ?? match[3] ?? match[4];
        if (
          given === undefined ||
          optional ||
          passage.kind === 'code' ||
          /\bonly available\b|feature|e\.g\.? compute/i.test(sentence)
        )
          continue;
        if (
          standing !== 'requirement' &&
          !/require|need|support|at least|minimum|>=|≥|\+|higher|later|above/i.test(sentence)
        )
          continue;
        yield remark(
          'computeCapability',
          given.includes('.') ? given : `${given.slice(0, -1)}.${given.slice(-1)}`,
          1,
          place,
        );
      }
      const names = Object.keys(architectures).join('|');
      const list = String.raw`(?:(?:${names})(?:\s*\([^)]*\))?(?:\s*,?\s*(?:and|or|&|\/)?\s*)?)+`;
      const named = new RegExp(
        String.raw`\b((?:${names})\b)(?:\s*\([^)]*\))?\s*(?:(?:GPU|architecture|generation)s?)?(?:\s*\([^)]*\))?${orLater}|(?:supports?|requires?|needs?|works? (?:on|with))\b:?[^.;]{0,25}?\b(${list})\s*(?:GPUs?|architectures?)`,
        'gi',
      );
      for (const { match, place, optional, standing, sentence, passage } of statements(view, named)) {
        if (
          optional ||
          /FP8|FP4|bf16|feature|best performance|tested|separate|callback|groups?\b/i.test(sentence) ||
          passage.kind === 'code'
        )
          continue;
        if (standing !== 'requirement' && !/require|need|support|minimum/i.test(sentence)) continue;
        yield remark('computeCapability', lowestCapability(match[0]), 0.95, place);
      }
      // "currently supports:", and then the list.
      for (const { match, place, passage, sentence } of statements(
        view,
        new RegExp(String.raw`^(?:[-*+•]|\d+[.)])\s*(?:NVIDIA\s+)?(${list})\s*GPUs?`, 'gi'),
      ))
        if (
          /\b(?:supports?|requires?)\b[^.]{0,20}:?\s*(?:$|[-*\d])/i.test(passage.leadIn) &&
          !/tested/i.test(passage.leadIn + sentence)
        )
          yield remark('computeCapability', lowestCapability(match[1] ?? ''), 0.95, place);
    },
  },
  {
    name: 'text-driver-version',
    reads: 'sentences with a version of the NVIDIA driver',
    concludes: 'the lowest version of the driver',
    find: function* (view) {
      const pattern = new RegExp(
        String.raw`\b(?:NVIDIA|GPU|CUDA|graphics|display)\b[^.;\d]{0,30}\bdrivers?\b(?: versions?)?[^.;\d]{0,25}?(?:${atLeast}\s*v?(\d{3}(?:\.\d+){0,2})|v?(\d{3}(?:\.\d+){0,2})${orLater})|\bdrivers?(?: versions?)?:?\s*(?:${atLeast})\s*v?(\d{3}(?:\.\d+){0,2})\b|\bdrivers?\s+v?(\d{3}(?:\.\d+){0,2})${orLater}`,
        'gi',
      );
      for (const { match, place, optional, passage, sentence, standing } of statements(view, pattern)) {
        const version = match[1] ?? match[2] ?? match[3] ?? match[4];
        if (
          version === undefined ||
          optional ||
          passage.kind === 'code' ||
          /\bwindows\b/i.test(sentence) ||
          /\bKMD\b/.test(sentence)
        )
          continue;
        yield remark('cudaDriver', version, standing === 'requirement' ? 1 : 0.85, place);
      }
    },
  },
  {
    name: 'text-cuda-toolkit',
    reads: 'requirement lists and commands with the CUDA toolkit, nvcc, or a build of CUDA code',
    concludes: 'the guest needs nvcc',
    find: function* (view) {
      const pattern =
        /\bnvcc\b(?!\.)|\bCUDA[- ]toolkit\b|\bcuda-toolkit\b|\bmake \w+cu\b|\bCUDA compiler\b|\bcompil\w+ CUDA (?:kernels?|code)|\bCUDA (?:kernels?|extensions?)\b[^.]{0,30}\b(?:built|compiled)/gi;
      for (const { place, standing, passage, optional, sentence } of mentions(view, pattern)) {
        if (standing === 'aside' && passage.kind !== 'code') continue;
        if (/no need|not (?:need|require)|windows only/i.test(sentence)) continue;
        yield remark('cudaToolkit', true, optional ? 0.5 : standing === 'requirement' ? 0.95 : 0.8, place);
      }
    },
  },
];

function isOfAnotherSystem({ sentence, passage }: Mention): boolean {
  return (
    /\bwindows\b|\bmacos\b|\bjetson\b|\btegra\b/i.test(sentence) &&
    !/\blinux\b/i.test(sentence) &&
    passage.kind !== 'heading'
  );
}
