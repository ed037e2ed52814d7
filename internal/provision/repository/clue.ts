import type { Evidence, GpuVendor } from '../analysis.ts';
import type { Workload } from './conclude/workloads.ts';

/**
 * What a line says of the need for a GPU:
 * demanded: it does not work without; purpose: it is what the repository is about; framework: it runs faster with one;
 * advised: the text recommends one; supported: it can use one; graphics: it draws with one (Vulkan, OpenGL);
 * cpu: it runs without one; apple: it is for Apple's GPUs.
 */
export type GpuStance =
  'demanded' | 'purpose' | 'framework' | 'advised' | 'supported' | 'graphics' | 'cpu' | 'apple';

/** What a clue can be about, and the type of its value. */
export interface ClueValues {
  gpu: GpuStance;
  vendor: GpuVendor;
  gpuCount: number;
  vramGb: number;
  /** "8.0" */
  computeCapability: string;
  cudaVersion: string;
  cudaDriver: string;
  /** nvcc is run. */
  cudaToolkit: true;
  /** CUDA itself is asked for or recommended, not only a framework that can use it. */
  cudaWanted: true;
  cpuCores: number;
  ramGb: number;
  diskGb: number;
  osFamily: 'linux' | 'windows' | 'macos' | 'bsd';
  /** "ubuntu22.04" */
  osFlavour: string;
  architecture: 'x86_64' | 'aarch64' | 'ppc64le' | 'riscv64';
  runtime: RuntimeVersion;
  special: string;
  workload: Workload;
}

export interface RuntimeVersion {
  readonly name: string;
  /** As the manifest has it, without spaces. */
  readonly version: string;
}

export type ClueSubject = keyof ClueValues;

/** What one line of a repository tells of one fact. */
export interface Clue<S extends ClueSubject = ClueSubject> {
  readonly about: S;
  readonly value: ClueValues[S];
  /** From 0 to 1, as in Found. */
  readonly confidence: number;
  readonly evidence: Evidence;
}

/** What rules give: made by the rule of that name, which `applyRules` puts into the evidence. */
export interface Remark<S extends ClueSubject = ClueSubject> {
  readonly about: S;
  readonly value: ClueValues[S];
  readonly confidence: number;
  readonly place: Place;
}

/** Where something stands. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly quote: string;
}

export function remark<S extends ClueSubject>(
  about: S,
  value: ClueValues[S],
  confidence: number,
  place: Place,
): Remark {
  return { about, value, confidence, place };
}
