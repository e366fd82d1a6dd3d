# syntax=docker/dockerfile:1
# One image for the API and the workers. Debian, not Alpine: the native part of Temporal's SDK is built for glibc.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Newer versions of npm refuse a lock file that lacks an optional package of another platform, here as below: then
# `npm install` takes the same versions.
RUN npm ci --ignore-scripts || npm install --no-save --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY scripts/bundle-workflows.mjs scripts/
RUN npx tsc -p tsconfig.build.json && node scripts/bundle-workflows.mjs

# Without the optional packages: they are the embedded PostgreSQL and the compilers behind the workflow bundler.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  || npm install --no-save --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Roots of the certificate authorities: Temporal's native client reads the system's.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node --mode=0700 /var/lib/activate-audience
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER node
VOLUME /var/lib/activate-audience
EXPOSE 8080
STOPSIGNAL SIGTERM
# The workers run the same image with `node dist/worker.js`.
CMD ["node", "dist/api/main.js"]
