import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { PLAN_OUTDATED, RECONNECT_REQUIRED, } from '../activation/attention.js';
import { RATE_LIMIT_PAUSE } from '../activation/rate-limit-pause.js';
export function reconnectRequired(error) {
    const failure = applicationFailure(error);
    if (failure?.type !== RECONNECT_REQUIRED)
        return null;
    const detail = failure.details?.[0];
    return isReconnectRequired(detail) ? detail : null;
}
export function planOutdated(error) {
    return applicationFailure(error)?.type === PLAN_OUTDATED;
}
export function rateLimitPause(error) {
    const failure = applicationFailure(error);
    if (failure?.type !== RATE_LIMIT_PAUSE)
        return null;
    const detail = failure.details?.[0];
    return isRateLimitPause(detail) ? detail : null;
}
export function runFailure(error) {
    const failure = applicationFailure(error);
    if (failure !== null) {
        const detail = failure.details?.[0];
        return {
            code: failure.type ?? 'internal',
            detail: failure.message,
            ...(isRemedy(detail) ? { help: detail.help, requestId: detail.requestId } : {}),
        };
    }
    return {
        code: 'internal',
        detail: 'The run stopped because of an unexpected error; the log of the worker has it.',
    };
}
function applicationFailure(error) {
    if (error instanceof ApplicationFailure)
        return error;
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)
        return error.cause;
    return null;
}
function isReconnectRequired(detail) {
    return (typeof detail === 'object' &&
        detail !== null &&
        'version' in detail &&
        typeof detail.version === 'number' &&
        'attention' in detail);
}
function isRateLimitPause(detail) {
    return (typeof detail === 'object' &&
        detail !== null &&
        'waitMs' in detail &&
        typeof detail.waitMs === 'number' &&
        'until' in detail &&
        typeof detail.until === 'string');
}
function isRemedy(detail) {
    return (typeof detail === 'object' &&
        detail !== null &&
        'help' in detail &&
        typeof detail.help === 'string' &&
        'requestId' in detail &&
        (detail.requestId === null || typeof detail.requestId === 'string'));
}
