import type { Analysis, Facts, SourceFile } from '../analysis.ts';
import { requirementOf } from '../requirement-of.ts';
import type { Clue } from './clue.ts';
import { Clues } from './conclude/clues.ts';
import { cudaFacts } from './conclude/cuda.ts';
import { gpuFacts, judgeGpu, type GpuVerdict } from './conclude/gpu.ts';
import { mainWorkloads, sizeFacts } from './conclude/sizes.ts';
import { osFacts, runtimeFacts, specialFacts } from './conclude/system.ts';
import { linesOf } from './lines.ts';
import { viewOf, type RepositoryView } from './repository-view.ts';
import { rules } from './rules/rules.ts';

/** What the files of a repository ask of a machine. The same files give the same answer. */
export function analyzeFiles(files: readonly SourceFile[]): Analysis {
  const view = viewOf(files);
  const clues = new Clues(applyRules(view));
  const verdict = judgeGpu(clues);
  const fallback = nothingSaid(clues, files);
  const gpu = gpuFacts(clues, verdict, fallback);
  const cuda = cudaFacts(clues, verdict, gpu.vendors?.value ?? [], fallback);
  const { runtime, notes } = runtimeFacts(clues);
  const special = specialFacts(clues);
  const facts: Facts = {
    gpu,
    cuda,
    ...sizeFacts(clues),
    os: osFacts(clues, verdict, fallback),
    runtime,
    ...special,
  };
  return {
    requirement: requirementOf(facts),
    facts,
    notes: [...notesOf(verdict, facts), ...notes, ...view.problems],
  };
}

function applyRules(view: RepositoryView): readonly Clue[] {
  return rules.flatMap(({ name, find }) =>
    [...find(view)].map(({ about, value, confidence, place }) => ({
      about,
      value,
      confidence: Math.max(0, confidence),
      evidence: { ...place, rule: name },
    })),
  );
}

/** Where nothing is said of something, the lines that tell what the project is are all there is to show. */
function nothingSaid(clues: Clues, files: readonly SourceFile[]): readonly Clue[] {
  const kinds = mainWorkloads(clues).slice(0, 2);
  if (kinds.length > 0) return kinds;
  for (const { path, text } of files) {
    const index = linesOf(text).findIndex((line) => /\w/.test(line));
    const quote = (linesOf(text)[index] ?? '').trim().slice(0, 200);
    if (quote !== '')
      return [
        {
          about: 'workload',
          value: 'script',
          confidence: 0.2,
          evidence: { file: path, line: index + 1, quote, rule: 'manifest-workload' },
        },
      ];
  }
  return [];
}

function notesOf({ kind, need }: GpuVerdict, { gpu, cuda }: Facts): readonly string[] {
  const notes: string[] = [];
  if (kind === 'apple')
    notes.push(
      need === 'required'
        ? "It is made for Apple's GPUs: no Linux host with KVM has one, so it cannot be had here."
        : "It is made for Apple's GPUs, which no Linux host has: a VM can only run it without one.",
    );
  if (kind === 'graphics')
    notes.push('The GPU is for graphics (Vulkan or OpenGL): any vendor will do, and CUDA is not needed.');
  const vendors = gpu.vendors?.value ?? [];
  if (vendors.includes('amd') && !vendors.includes('nvidia'))
    notes.push('It is for GPUs of AMD: a card of NVIDIA does not do.');
  const major = Number(cuda.version_min?.value.split('.')[0]);
  const driver = cuda.driver_min === undefined ? driverOfCuda[major] : undefined;
  if (driver !== undefined)
    notes.push(`CUDA ${major} takes a driver of ${driver} or newer, which the repository does not say.`);
  return notes;
}

/** The oldest driver that runs programs of a CUDA release (minor version compatibility). */
const driverOfCuda: Readonly<Record<number, string>> = { 11: '450.80.02', 12: '525.60.13', 13: '580' };
