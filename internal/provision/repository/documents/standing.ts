import { baseName, depthOf } from '../lines.ts';
import type { Passage } from './passage.ts';

/**
 * How much a passage counts. requirement: it stands where requirements stand; plain: anywhere else; aside: a section of
 * news, results, other versions and the like, which is not what this repository asks for.
 */
export type Standing = 'requirement' | 'plain' | 'aside';

const asideHeading =
  /reproduc|baseline|benchmark|\bnews\b|what'?s new|latest|announce|change ?log|release notes?|\breleases?\b|performance|citation|citing|\bcite|acknowledg|contribut|\bfaq\b|frequently|troubleshoot|known issues|error|roadmap|\bforks?\b|results|model zoo|related|projects using|powered by|licen[cs]e|sponsor|\bteam\b|history|experimental|\bbeta\b|preview|efficiency|speed|example projects|community|publications?|papers?|tutorials?|showcase|table of contents|cross[- ]?compil|cross[- ]?build|windows|macos|wsl|android|\bios\b|features?$|dependencies\]?$/i;
const requirementHeading =
  /requirement|prerequisite|depend(?:s|enc)|install|hardware|system|set ?up|getting started|quick ?start|environment|build|compil|compatib|support(?:ed)? (?:platform|hardware|gpu|os|operating)|before you (?:begin|start)|what you need|usage/i;
const requirementText =
  /requirement|prerequisite|\brequires?\b|\byou(?:'ll| will)? need\b|\bmust (?:have|meet)\b|dependencies/i;

export function standingOf(passage: Passage): Standing {
  const inner = [...passage.headings].reverse();
  for (const heading of inner) {
    if (
      /requirement|prerequisite|^(?!.*(?:troubl|error|issue|problem|windows|macos)).*\binstall/i.test(heading)
    )
      return 'requirement';
    if (asideHeading.test(heading)) return 'aside';
    if (requirementHeading.test(heading)) return 'requirement';
  }
  return requirementText.test(passage.leadIn) && passage.kind === 'item' ? 'requirement' : 'plain';
}

/** Whether a file speaks for the whole repository: those of the root, and its pages of installation. */
export function speaksForAll(path: string): boolean {
  if (depthOf(path) === 0) return true;
  return /^(?:docs?|documentation|website|\.github)\//i.test(path) && isInstallationPage(path);
}

function isInstallationPage(path: string): boolean {
  return /install|require|prerequisite|getting[-_]?started|quick[-_]?start|set[-_]?up|hardware|system|build|dependenc/i.test(
    baseName(path),
  );
}

const optional =
  /\boptional(?:ly)?\b|\bif you (?:want|wish|have|use|plan|would|need)\b|\bnot (?:required|necessary|needed|mandatory)\b|\bfor (?:those|users) (?:who|with)\b|\bwhen available\b|\bif (?:available|present|possible)\b|\bsupports?\b.{0,40}\bout of the box\b/i;
const otherwise =
  /\bunder development\b|\bcoming soon\b|\bnot (?:yet )?supported\b|\bplanned\b|\bdeprecat|\bno longer\b|\bwork in progress\b|\bis underway\b|\bwill (?:not|no longer)\b|~~/i;

/** The sentence about text.slice(start, end). */
export function sentenceAround(text: string, start: number, end: number): string {
  const stop = /[.!?](?=\s+["'(]?[A-Z0-9*])|[;]\s/g;
  let from = 0;
  for (const { index } of text.matchAll(stop)) {
    if (index >= end) return text.slice(from, index + 1).trim();
    if (index + 1 <= start) from = index + 1;
  }
  return text.slice(from).trim();
}

export function isOptional(sentence: string): boolean {
  return optional.test(sentence);
}

/** It speaks of what is not, or not yet. */
export function isOtherwise(sentence: string): boolean {
  return otherwise.test(sentence);
}

/** A measure or a run of the authors, not a need: "trained on 8 A100". */
export function isMeasured(sentence: string): boolean {
  return /\b(?:train(?:ed|ing)? (?:was|were|took|takes|on)|benchmark(?:ed|s)?|reproduc\w*|we (?:used|trained|tested|ran)|tested (?:on|with|against)|measured|took|takes about|speed ?up|faster|throughput|per second|evaluat(?:ed|ion) on|results? (?:on|come)|for example|e\.g\. on|(?<!requires? )up to \d+|as little as|only (?:requires?|needs?|takes?) (?:only )?|requires only|demo)\b/i.test(
    sentence,
  );
}
