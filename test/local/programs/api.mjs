import { listen } from './listening.mjs';

listen(process.env.PORT);
