# The service with its embedded PostgreSQL and its commands. tools/check-image.sh builds and starts it without Docker.

# Exact versions; a digest (name:tag@sha256:…) pins them further.
ARG BUILD_BASE=docker.io/library/node:24.11.1-trixie-slim
ARG RUN_BASE=docker.io/library/debian:13.2-slim

FROM ${BUILD_BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY dashboard/package.json dashboard/
RUN npm ci --no-audit
COPY . .
RUN npm run build && npm run build:dashboard

FROM ${BUILD_BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The dashboard is files when it is built: it has no dependencies at run time.
RUN npm ci --no-audit --omit=dev --workspaces=false \
 # What only compilers and readers use. @nestjs/swagger loads TypeScript for its compiler plugin alone.
 && rm -rf node_modules/node-linux-*/include node_modules/node-linux-*/share node_modules/typescript \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete
COPY --from=build /app/dist dist
# The links of PostgreSQL's libraries cannot be made later, on a read-only file system.
RUN node -e "import('/app/dist/src/embedded-postgres/binaries.js').then((module) => module.locateBinaries())" && rm -r dist

FROM ${RUN_BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tini util-linux \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/doc /usr/share/man \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin tankobon \
 && install -d -o tankobon -g tankobon -m 0711 /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/data data
COPY --from=build /app/openapi/openapi.json openapi/
COPY --from=build /app/dashboard/dist dashboard/dist
COPY --from=build /app/dist dist
COPY --from=build /app/tools/container-command.sh /usr/local/bin/tankobon
ENV PATH=/app/node_modules/.bin:/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data MALLOC_ARENA_MAX=2
USER tankobon
# Everything else may be read-only; /tmp holds spools of exports and backups.
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 CMD ["tankobon", "health"]
# tini forwards signals, and reaps the processes that a killed PostgreSQL leaves.
ENTRYPOINT ["/usr/bin/tini", "--", "tankobon"]
CMD ["start"]
