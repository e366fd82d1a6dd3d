import type { Endpoint } from '../api-call.js';
import { SANDBOX_USER } from '../invented.js';

/** Who authorized. Others use it as a check of the token only. */
export const userInfo: Endpoint = {
  path: 'user/info/',
  method: 'GET',
  access: 'token',
  async handle() {
    return SANDBOX_USER;
  },
};
