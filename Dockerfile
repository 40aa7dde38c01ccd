# Where the digests come from: docs/grown.md.
ARG NODE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
ARG DEBIAN=debian:bookworm-20260918-slim@sha256:3783cc01769c7b2b1b83a5c5ad96c815348e28ed7da68e2e3687004faa906251

# The web console: a few files, made anywhere.
FROM ${NODE} AS console
WORKDIR /obflow/console
COPY console/package.json console/package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY src/view ../src/view
COPY src/topology ../src/topology
COPY src/nearest.ts ../src/nearest.ts
COPY console ./
RUN npm run build

# obflow's API and worker. Debian, because Temporal's core library does not load on musl; ca-certificates, because it wants them even without TLS.
FROM ${NODE} AS obflow
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /var/lib/obflow
WORKDIR /obflow
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-fund --no-audit && npm cache clean --force
COPY --from=console /obflow/console/dist console/dist
COPY src src
COPY bin bin
RUN ln -s /obflow/bin/obflow.js /usr/local/bin/obflow
COPY docs/operators.md docs/operators.md
RUN node src/worker/bundleProcess.ts >workflows.js
# Node's young generation and malloc's arenas grow with the cores and the memory of the machine, not with what a worker needs.
ENV NODE_OPTIONS=--max-semi-space-size=16 MALLOC_ARENA_MAX=2
ENV NODE_ENV=production OBFLOW_DATA_DIR=/var/lib/obflow OBFLOW_WORKFLOW_BUNDLE=/obflow/workflows.js
# What Node compiles at the first start; the next take a third less of a core.
ENV NODE_COMPILE_CACHE=/var/lib/obflow/compiled
USER node
CMD ["node", "src/server.ts"]

# Test hosts for machines that are not Linux, and a worker beside them that reaches them. To be run privileged.
FROM ${DEBIAN} AS lab
WORKDIR /obflow
COPY tools tools
COPY package.json package-lock.json ./
# The first run brings Debian packages, Node and npm packages; copied before the source, it is done once.
RUN apt-get update \
 && apt-get install -y --no-install-recommends bash ca-certificates procps \
 && bash tools/setup.sh lab \
 && rm -rf /var/lib/apt/lists/*
ENV PATH=/obflow/.tools/bin:$PATH
COPY . .
RUN node lab/cli.ts packages
CMD ["node", "lab/cli.ts", "up", "--name", "compose", "--keep"]
