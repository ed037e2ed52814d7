import type { Router } from 'express';
import { sendJson } from './json.ts';

/** One finding, in the form of the health+json draft (draft-inadarei-api-health-check). */
export interface HealthCheck {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly componentType?: string;
  readonly observedValue?: number | string;
  readonly observedUnit?: string;
  readonly output?: string;
  readonly time: string;
}

/** The keys up to `instance_id` are the original Cocos manager's, in its order. */
export interface HealthReport {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly version: string;
  readonly commit: string;
  readonly description: string;
  readonly build_time: string;
  readonly instance_id: string;
  readonly checks: Readonly<Record<string, readonly HealthCheck[]>>;
}

/** `GET /health`: 200 while Protium can do its work, 503 when it cannot. */
export function addHealthRoute(router: Router, health: () => Promise<HealthReport> | HealthReport): void {
  router.get('/health', async (_request, response) => {
    const report = await health();
    sendJson(response, report.status === 'fail' ? 503 : 200, report, 'application/health+json');
  });
}
