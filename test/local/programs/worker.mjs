import { listen } from './listening.mjs';

listen(process.env.WORKER_HEALTH_PORT);
