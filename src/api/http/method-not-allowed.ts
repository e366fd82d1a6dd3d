import type { RequestHandler } from 'express';
import { Problem } from './problem.js';

/** Method names in lower case, by path patterns with parameters in braces. */
export type RouteTable = Readonly<Record<string, object>>;

/** The last route: tells a known address with another method (405) from an unknown one (404). */
export function noSuchRoute(routes: RouteTable): RequestHandler {
  const known = Object.entries(routes).map(([pattern, methods]) => ({
    pattern: new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
    methods: Object.keys(methods).map((method) => method.toUpperCase()),
  }));
  return (request, _response, next) => {
    const route = known.find(({ pattern }) => pattern.test(request.path));
    if (route === undefined) {
      next(
        new Problem({
          status: 404,
          code: 'unknown_route',
          title: 'There is nothing at this address',
          detail: 'See /docs for the addresses of this API.',
        }),
      );
      return;
    }
    const allow = route.methods.join(', ');
    next(
      new Problem({
        status: 405,
        code: 'method_not_allowed',
        title: 'The method does not fit this address',
        detail: `This address takes ${allow}.`,
        headers: { allow },
      }),
    );
  };
}
