import { ClientRequest } from 'node:http';
import { DefaultHttpStack, type HttpRequest, type HttpStack } from 'tus-js-client';

/**
 * The HTTP of the tus library, which by itself waits for ever on a connection that is open and carries nothing any more
 * (a network that was left, a gateway that forgot it). Such a request fails, and is then repeated as after any other break.
 *
 * @param silenceMs how long nothing may move in either direction
 */
export function impatientHttp(silenceMs: number): HttpStack {
  const stack = new DefaultHttpStack({});
  return {
    getName: () => stack.getName(),
    createRequest(method, url) {
      const request: HttpRequest = stack.createRequest(method, url);
      const send = request.send.bind(request);
      request.send = (body) => {
        const answer = send(body);
        const sent: unknown = request.getUnderlyingObject();
        if (sent instanceof ClientRequest) {
          sent.setTimeout(silenceMs, () =>
            sent.destroy(new Error(`nothing moved for ${silenceMs / 1000} s`)),
          );
        }
        return answer;
      };
      return request;
    },
  };
}
