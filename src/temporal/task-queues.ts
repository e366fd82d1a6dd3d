/** `core`: workflows and small I/O. `prepare`: CPU. `tiktok`: calls of TikTok's API. */
export const TASK_QUEUES = {
  core: 'core',
  prepare: 'prepare',
  tiktok: 'tiktok',
} as const;

export type WorkerRole = keyof typeof TASK_QUEUES;
