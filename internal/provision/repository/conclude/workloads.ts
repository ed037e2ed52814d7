/** What a kind of work takes at least, by judgement: cores, GB of memory and of disk. */
export interface WorkloadSizes {
  readonly cores: number;
  readonly ramGb: number;
  readonly diskGb: number;
}

/**
 * Kinds of work. The disk has the system (8 GB), the tools, what is built or downloaded, and room to work; the memory is
 * what its compilers, its models or its services take with a system of 1 GB.
 */
export const workloads = {
  script: { cores: 1, ramGb: 2, diskGb: 10 },
  'python-application': { cores: 2, ramGb: 2, diskGb: 10 },
  'data-science': { cores: 2, ramGb: 8, diskGb: 20 },
  'node-application': { cores: 2, ramGb: 2, diskGb: 10 },
  'web-front-end-build': { cores: 2, ramGb: 4, diskGb: 20 },
  'node-monorepo': { cores: 4, ramGb: 8, diskGb: 30 },
  'go-build': { cores: 2, ramGb: 4, diskGb: 15 },
  'go-large-build': { cores: 4, ramGb: 8, diskGb: 40 },
  'jvm-build': { cores: 2, ramGb: 4, diskGb: 15 },
  'jvm-large-service': { cores: 4, ramGb: 8, diskGb: 40 },
  'ruby-application': { cores: 2, ramGb: 4, diskGb: 20 },
  'php-application': { cores: 2, ramGb: 4, diskGb: 15 },
  'dotnet-build': { cores: 2, ramGb: 4, diskGb: 20 },
  'rust-build': { cores: 4, ramGb: 4, diskGb: 15 },
  'rust-large-build': { cores: 4, ramGb: 8, diskGb: 30 },
  'native-build': { cores: 4, ramGb: 4, diskGb: 20 },
  'native-large-build': { cores: 8, ramGb: 16, diskGb: 80 },
  containers: { cores: 2, ramGb: 4, diskGb: 30 },
  'service-stack': { cores: 4, ramGb: 8, diskGb: 40 },
  database: { cores: 2, ramGb: 4, diskGb: 20 },
  graphics: { cores: 8, ramGb: 16, diskGb: 40 },
  'gpu-build': { cores: 8, ramGb: 16, diskGb: 60 },
  'gpu-large-build': { cores: 8, ramGb: 32, diskGb: 60 },
  'machine-learning': { cores: 4, ramGb: 16, diskGb: 60 },
  'machine-learning-native': { cores: 4, ramGb: 16, diskGb: 40 },
  'gpu-data-frames': { cores: 8, ramGb: 32, diskGb: 60 },
  'language-model': { cores: 8, ramGb: 32, diskGb: 100 },
  'large-scale-training': { cores: 16, ramGb: 64, diskGb: 200 },
} as const satisfies Readonly<Record<string, WorkloadSizes>>;

export type Workload = keyof typeof workloads;
