import { Router } from 'express';
import { MENDED_BY_SIGN_IN } from '../../connections/attention.js';
import type { Authorizations } from '../../connections/authorizations.js';
import { findActivation } from '../../database/activations.js';
import { findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import type { ViewActivations } from '../activations/activation-view.js';
import { pathParameter } from '../http/parse-request.js';
import { type PageLink, PLAIN_PAGE_HEADERS, plainPage } from '../http/plain-page.js';
import { notFound } from '../http/problem.js';
import type { Activation } from '../schemas/activation.js';

/**
 * Where the links in messages lead people: to a run, and to a sign-in at TikTok. The run's page is plain; it is what
 * `links.console` and `attention.url` point to.
 */
export function peoplePages(deps: {
  readonly db: Database;
  readonly authorizations: Authorizations;
  readonly views: ViewActivations;
}): Router {
  const { db, authorizations, views } = deps;
  const router = Router();

  router.get('/activations/:id', async (request, response) => {
    const id = pathParameter(request, 'id');
    const row = await findActivation(db, id);
    if (row === undefined) throw notFound('activation', id);
    const [run] = await views([row]);
    if (run === undefined) throw notFound('activation', id);
    response.set(PLAIN_PAGE_HEADERS).type('html').send(runPage(run));
  });

  router.get('/connections/:id/sign-in', async (request, response) => {
    const id = pathParameter(request, 'id');
    if ((await findConnection(db, id)) === undefined) throw notFound('connection', id);
    const { authorizationUrl } = await authorizations.begin(id);
    response.redirect(303, authorizationUrl);
  });

  return router;
}

function runPage(run: Activation): string {
  const { progress, attention, failure, audience, links } = run;
  const { rowsTotal, rowsRead, rowsSent, rowsRejected, partsTotal, partsUploaded } = progress;
  const paragraphs: string[] = [];
  if (partsTotal > 0) {
    paragraphs.push(
      `${number(rowsRead)} of ${number(rowsTotal)} rows prepared: ${number(rowsSent)} to send, ${number(rowsRejected)} rejected. ` +
        `${number(partsUploaded)} of ${number(partsTotal)} parts are at TikTok.`,
    );
  }
  if (audience.state !== null) {
    const matched = audience.matched === null ? 'not known yet' : number(audience.matched);
    paragraphs.push(`The audience is ${audience.state.replace('_', ' ')}; matched users: ${matched}.`);
  }
  if (attention !== null) paragraphs.push(`${attention.title}. ${attention.detail}`);
  if (run.phase === 'waiting_for_approval') {
    paragraphs.push(
      `To answer: "npm run activate -- approve ${run.id}", or "reject" in its place; or the signal approve or reject in Temporal.`,
    );
  }
  if (failure !== null) paragraphs.push(`${failure.detail} ${failure.help}`);

  const further: PageLink[] = [];
  if (attention !== null && MENDED_BY_SIGN_IN.has(attention.code)) {
    further.push({ text: 'Sign in with TikTok', url: `/connections/${run.connectionId}/sign-in` });
  }
  if (links.temporal !== null) further.push({ text: 'The run in Temporal', url: links.temporal });
  if (rowsRejected > 0) further.push({ text: 'Rejected rows', url: links.rejectedRows });
  return plainPage(headline(run.phase), paragraphs, further);
}

function headline(phase: Activation['phase']): string {
  if (phase === 'waiting_for_reconnect') return 'The run waits for a new sign-in';
  if (phase === 'waiting_for_approval') return 'The run waits for an answer';
  return `The run is ${phase}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
