export const TASK_QUEUES = {
    core: 'core',
    prepare: 'prepare',
    tiktok: 'tiktok',
};
