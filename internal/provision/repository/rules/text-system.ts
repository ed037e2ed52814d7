import { remark } from '../clue.ts';
import { introductionOf, statements } from '../documents/mentions.ts';
import type { Rule } from '../rule.ts';

const version = String.raw`v?(\d{1,2}(?:\.\d{1,2}){0,2})`;
const orLater = String.raw`(?:\s*\+|\s*\(?(?:or|and)\s+(?:above|later|newer|higher|greater|up)\b)`;

const runtimes: readonly (readonly [runtime: string, names: string])[] = [
  ['python', 'Python'],
  ['node', String.raw`Node(?:\.?js)?`],
  ['java', '(?:Java|JDK|OpenJDK)'],
  ['go', '(?:Go|Golang)'],
  ['rust', '(?:Rust|rustc|MSRV)'],
  ['ruby', 'Ruby'],
  ['php', 'PHP'],
  ['dotnet', String.raw`\.NET(?: SDK| Core)?`],
];

export const textSystemRules: readonly Rule[] = [
  {
    name: 'text-runtime',
    reads:
      'sentences with the version of an interpreter or a compiler: "Java 17 or later is required", "python>=3.8"',
    concludes: 'the runtime and its lowest version, where no manifest says it',
    find: function* (view) {
      for (const [runtime, names] of runtimes) {
        const pattern = new RegExp(
          String.raw`(?<![\w./-])${names}\b(?:\s+version)?\s*[:(]?\s*(?:(?:>=|≥|&gt;=|=>)\s*${version}|${version}${orLater})`,
          'gi',
        );
        for (const { match, place, optional, standing, sentence, passage } of statements(view, pattern)) {
          const given = match[1] ?? match[2];
          if (given === undefined || passage.kind === 'code' || passage.kind === 'row') continue;
          if (optional && !/requir/i.test(sentence)) continue;
          if (standing !== 'requirement' && !/requir|support|need|must|compatib|>=|≥/i.test(sentence))
            continue;
          yield remark(
            'runtime',
            { name: runtime, version: `>=${given}` },
            standing === 'requirement' ? 0.8 : 0.7,
            place,
          );
        }
      }
    },
  },
  {
    name: 'text-os',
    reads: 'requirement lists and sentences that name an operating system',
    concludes: 'the family, and the release of Ubuntu or Debian that is asked for',
    find: function* (view) {
      const only =
        /\bonly (?:supports? |works? on |available (?:for|on) |on )?(?:Linux|Ubuntu)\b(?: is supported)?|\bonly Linux is supported\b|\bLinux (?:OS|only|x86_64)\b|\bLinux (?:is )?(?:required|distribution with)/gi;
      for (const { place, sentence, standing } of statements(view, only))
        if (
          (standing === 'requirement' || sentence.length < 90) &&
          !/\bnot only\b|\bbinaries?\b|routines?/i.test(sentence)
        )
          yield remark('osFamily', 'linux', 1, place);
      for (const { match, place, standing, passage, optional } of statements(
        view,
        /^(?:[-*+•]|\d+[.)])\s*(?:Operating system:?\s*|OS:?\s*|A )?(Linux|Ubuntu|Debian|CentOS|RHEL)\b/gi,
      ))
        if (standing === 'requirement' && !optional && passage.kind === 'item' && match[1] !== undefined)
          yield remark('osFamily', 'linux', 0.95, place);
      for (const { match, place, standing, optional, sentence, passage, measured } of statements(
        view,
        /\b(Ubuntu|Debian)\s+(?:Linux\s+)?(?:>=\s*)?(\d{2}\.04|\d{1,2})\b/gi,
      )) {
        if (passage.kind === 'code' || passage.kind === 'row' || optional) continue;
        if (standing !== 'requirement' && !/requir|support|need|must/i.test(sentence)) continue;
        yield remark('osFamily', 'linux', 0.9, place);
        if (
          !measured &&
          /requir|need|must|requirement/i.test(
            `${sentence} ${passage.headings.at(-1) ?? ''} ${passage.leadIn}`,
          )
        )
          yield remark('osFlavour', `${(match[1] ?? '').toLowerCase()}${match[2] ?? ''}`, 0.9, place);
      }
      for (const { place } of statements(view, /\bapt(?:-get)? install\b|\bLinux\b/gi))
        yield remark('osFamily', 'linux', 0.5, place);
    },
  },
  {
    name: 'text-special',
    reads:
      'requirement lists and sentences with programs that must be there: CMake, Docker, FFmpeg, ROCm, ninja',
    concludes: 'what else the guest needs',
    find: function* (view) {
      for (const { match, place, optional, passage } of statements(
        view,
        /\bCMake\b\s*(?:\([^)\d]{0,12})?(?:version\s*)?[:(]?\s*(?:(?:>=|≥|at least)\s*v?(\d+\.\d+)|(?:version\s+)?v?(\d+\.\d+)(?:\.\d+)?\s*(?:\+|\)|or (?:later|higher|newer|above)))/gi,
      ))
        if (!optional && passage.kind !== 'code')
          yield remark('special', `cmake >= ${match[1] ?? match[2] ?? ''}`, 0.9, place);
      for (const { match, place, passage } of statements(
        view,
        /\bROCm\b[^.;]{0,40}?(?:(?:>=|≥|at least(?: version)?)\s*v?(\d+(?:\.\d+)?)|v?(\d+(?:\.\d+)?)\s*(?:\+|(?:and|or) (?:above|later|newer|higher)))/gi,
      ))
        if (passage.kind !== 'code')
          yield remark('special', `ROCm >= ${match[1] ?? match[2] ?? ''}`, 0.9, place);
      for (const { match, place, optional, sentence } of statements(
        view,
        /\b(?:requires?|needs?|depends on)\b[^.;]{0,40}\b(ffmpeg|docker|graphviz|redis|postgres(?:ql)?|mysql|mongodb|tesseract|imagemagick|ninja)\b(?![^.]{0,20}optional)/gi,
      ))
        if (
          !optional &&
          !/\b(?:not|n't) (?:require|need)|docker (?:build|runtime)|\bif\b/i.test(sentence) &&
          match[1] !== undefined
        )
          yield remark('special', match[1].toLowerCase(), 0.9, place);
      for (const { match, place, optional, standing } of statements(
        view,
        /^(?:[-*+•]|\d+[.)])\s*(?:Install )?(docker(?:[- ]compose)?|ffmpeg|ninja|git[- ]lfs)\b/gi,
      ))
        if (!optional && standing === 'requirement' && match[1] !== undefined)
          yield remark('special', match[1].toLowerCase(), 0.8, place);
      for (const passage of introductionOf(view)) {
        const found = /\b(?:Docker images?|Docker containers?|Docker stacks?|docker[- ]compose)\b/i.exec(
          passage.text,
        );
        if (found !== null && ['heading', 'prose'].includes(passage.kind))
          yield remark('special', 'docker', 0.8, passage.place(found.index, found.index + found[0].length));
      }
    },
  },
];
