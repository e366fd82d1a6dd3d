import { isGrpcServiceError, type WorkflowService } from '@temporalio/client';

/** gRPC's status for what is not there. */
const NOT_FOUND = 5;

/** Temporal answers, and no run can live there. The message is for the person who operates the service. */
export class NamespaceMissingError extends Error {
  override readonly name = 'NamespaceMissingError';

  constructor(namespace: string, options?: ErrorOptions) {
    super(
      `Temporal has no namespace “${namespace}”. Make it with deploy/temporal-namespace.sh, or set TEMPORAL_NAMESPACE to the one that is meant.`,
      options,
    );
  }
}

/** Throws `NamespaceMissingError` when Temporal answers and has no such namespace, and what the call threw when it fails. */
export async function requireNamespace(service: WorkflowService, namespace: string): Promise<void> {
  try {
    await service.describeNamespace({ namespace });
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) {
      throw new NamespaceMissingError(namespace, { cause: error });
    }
    throw error;
  }
}
