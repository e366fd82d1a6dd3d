import { defineQuery, defineSignal } from '@temporalio/workflow';
export const reconnected = defineSignal('reconnected');
export const pause = defineSignal('pause');
export const resume = defineSignal('resume');
export const approve = defineSignal('approve');
export const reject = defineSignal('reject');
export const progress = defineQuery('progress');
