import { defineConfig } from 'vitest/config';

/**
 * unit: no libvirt, no guests. contract: a real libvirtd in a private host, both drivers.
 * system: the daemon itself and booted guests. passthrough: the daemon on an emulated machine with PCI devices to give away
 * (npm run test:passthrough). clean-image: virt-sysprep, which boots a machine of its own (npm run test:clean-image).
 * migration: moves between two private hosts (npm run test:migration). scenarios: what people do over
 * minutes, with guests of their own (npm run test:scenarios).
 * Projects that measure libvirt run their files one by one; system and scenarios run two at once, each on a private host of its own: a guest that boots leaves a core to others.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/reporter/failure-summary.ts'],
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'] } },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: ['test/host/vitest-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          globalSetup: ['test/system/vitest-build.ts', 'test/host/vitest-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          globalSetup: ['test/system/vitest-build.ts', 'test/host/vitest-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'clean-image',
          include: ['test/clean-image/**/*.test.ts'],
          globalSetup: ['test/system/vitest-build.ts', 'test/host/vitest-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'migration',
          include: ['test/migration/**/*.test.ts'],
          globalSetup: ['test/system/vitest-build.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          globalSetup: ['test/system/vitest-build.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'passthrough',
          include: ['test/passthrough/**/*.test.ts'],
          globalSetup: ['test/system/vitest-build.ts', 'test/passthrough/vitest-setup.ts'],
          testTimeout: 300_000,
          // Emulated hardware on a machine that others use too: what fails twice is broken.
          retry: 1,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
