import { ENGINE_VERSION, type Plan } from '../customer-file/plan.js';

/** An earlier release of the engine made the plan: the run is to be planned anew. */
export class PlanOutdatedError extends Error {
  override readonly name = 'PlanOutdatedError';
}

/** A later release of the engine made the plan: a worker of that release is to do the work. */
export class WorkerOutdatedError extends Error {
  override readonly name = 'WorkerOutdatedError';
}

/** Throws unless this worker makes the very bytes that the plan means. */
export function requireEngineOf({ engine }: Pick<Plan, 'engine'>): void {
  refuseLaterEngine(engine);
  if (engine < ENGINE_VERSION) {
    throw new PlanOutdatedError(
      `The run was planned by version ${engine} of the engine, and this worker has version ${ENGINE_VERSION}: it is planned anew.`,
    );
  }
}

export function refuseLaterEngine(engine: number): void {
  if (engine > ENGINE_VERSION) {
    throw new WorkerOutdatedError(
      `The run was planned by version ${engine} of the engine, and this worker has version ${ENGINE_VERSION}: a worker of the newer release goes on with it.`,
    );
  }
}
