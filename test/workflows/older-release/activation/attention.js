export const RECONNECT_REQUIRED = 'reconnect_required';
export const PLAN_OUTDATED = 'plan_outdated';
