import { ClientRequest } from 'node:http';
import { Readable } from 'node:stream';
import { DefaultHttpStack, type HttpRequest, type HttpStack } from 'tus-js-client';

/** What should be sent cannot be read from the disk. */
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable';
}

/**
 * The HTTP of the tus library, which by itself waits for ever on a connection that is open and carries nothing any more
 * (a network that was left, a gateway that forgot it). Such a request fails, and is then repeated as after any other break.
 * Nor does the library listen to a failure of the file, which would end the program: the request fails with BodyUnreadable.
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
          if (body instanceof Readable) {
            body.on('error', (error) => sent.destroy(new BodyUnreadable(error.message)));
          }
        }
        return answer;
      };
      return request;
    },
  };
}
