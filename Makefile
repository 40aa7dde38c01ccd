# Daily commands; `make help` lists them. Node and Temporal come from .tools/bin, which tools/setup.sh fills.
export PATH := $(CURDIR)/.tools/bin:$(PATH)
MAKEFLAGS += --no-print-directory
HOSTS ?= 3

.PHONY: help setup console chromium images check fmt unit test demo lab serve clean packages postgresql mysql root clients fuzz abuse bench creates chaos kills rollbacks attack grown versions former readme migration metrics docs bundle walk labtools generators traces kubernetes

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## bring Node 24, Temporal and npm packages (a second run takes a second)
	@bash tools/setup.sh

# What test hosts are made of, and what tests need beside.
labtools:
	@bash tools/setup.sh lab

console: setup ## build the web console that the API serves (nothing to do when it is unchanged)
	@node tools/console.ts build

check: setup ## types, lint and format; run it before every commit
	@node tools/console.ts types
	@node_modules/.bin/tsc --noEmit
	@node_modules/.bin/tsc -p console
	@node_modules/.bin/biome check .

fmt: setup ## format, and mend what the linter can mend
	@node_modules/.bin/biome check --write .

unit: labtools generators console chromium postgresql ## the tests that boot no hosts (root: some make mounts of their own)
	@node tools/test.ts --project fast

test: root labtools generators check console chromium packages postgresql ## everything: check, lab packages, all tests on real hosts (root on Linux)
	@node tools/test.ts

fuzz: setup .tools/fuzz/bin/schemathesis ## 2,000 and more requests made up from the OpenAPI document; no 5xx, no reply unlike its schema
	@node tools/fuzz.ts

# Those of npm and Go; make clients brings the others.
generators: labtools
	@bash tools/clients.sh

clients: labtools mysql ## clients made from the OpenAPI document by seven generators, compiled and run, and three SQL clients (needs Java 17, Maven, Python)
	@bash tools/clients.sh all
	@node tools/clients.ts $(if $(ONLY),--only "$(ONLY)")

abuse: setup ## 10,000 made-up requests and the attacks that once stopped the API; no 5xx, no loop held up, no memory that grows
	@node bench/abuse.ts

bench: root packages postgresql mysql ## ours beside others: every figure of docs/performance.md, in pairs (hours; ONLY=chain,reads PAIRS=5 KEEP=no)
	@bash tools/bench.sh
	@exec node bench/main.ts

creates: root packages postgresql ## CREATES=100 of EACH=1 hosts, posted at once: do all end well, and on how much memory
	@node bench/creates.ts --creates $(or $(CREATES),100) --hosts $(or $(EACH),1)

demo: root console packages ## a 3-host cluster from nothing, shown as it grows; DEMO_EXIT=1 verifies and leaves
	@exec node lab/demo.ts

chaos: root packages postgresql ## every fault during every node, as a table (half an hour and more; ONLY="worker killed" runs one fault, UNDO=1 rolls back instead of retrying)
	@exec node lab/chaos/main.ts $(if $(ONLY),--only "$(ONLY)") $(if $(UNDO),--undo)

kills: root packages ## every node that works on a host or by SQL, killed before, between and after its commands and statements, then retried (an hour; ONLY=makeDir,obproxy EVERY=5)
	@exec node test/kills/main.ts $(if $(ONLY),--only "$(ONLY)") $(if $(EVERY),--every $(EVERY))

rollbacks: root packages ## a create fails at each of its nodes in turn and is rolled back or deleted; hosts and store as before (ten minutes; ONLY="9 Bootstrap ob")
	@node tools/test.ts --config test/rollbacks/vitest.config.ts $(if $(ONLY),-t "$(ONLY)")

chromium:
	@test -x /usr/bin/chromium || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null

attack: root console chromium packages ## strangers at every door of make serve: another local user, a page in Chromium, forged work in Temporal
	@node tools/test.ts --config test/attack/vitest.config.ts

readme: root packages postgresql mysql ## README.md's commands as they stand there, in its order, at a fresh copy (ports 7233, 8080 and 8233 have to be free)
	@node tools/test.ts --config test/readme/vitest.config.ts

versions: root packages ## every set of packages from create to delete, and primary zones over two regions, as tables (half an hour; ONLY="4.2.5" runs some)
	@node tools/test.ts --config test/versions/vitest.config.ts $(if $(ONLY),-t "$(ONLY)")

former: root packages ## what the product of 2e852b1 does on today's lab: each fault that it had against OceanBase's sources (a quarter of an hour; needs the history)
	@node tools/test.ts --config test/former/vitest.config.ts

metrics: root packages ## a real Prometheus (of Debian) reads obflow during a create; each query of the dashboard has to return series
	@command -v promtool >/dev/null || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus; } >/dev/null
	@node tools/test.ts --config test/prometheus/vitest.config.ts

traces: root packages ## a create's spans through OpenTelemetry's own collector, built of Go modules: one trace from call to statement
	@bash tools/go.sh build -C tools/collector -o $(CURDIR)/.tools/collector .
	@node tools/test.ts --config test/traces/vitest.config.ts

kubernetes: labtools ## deploy/kubernetes built by kustomize and held against Kubernetes' schemas by kubeconform
	@bash tools/kubernetes.sh

bundle: root console ## one tar that needs no network (.data/obflow-*.tar.gz), unpacked and started without one before you get it
	@rm -f .data/obflow-*.tar.gz*
	@node tools/bundle.ts
	@node tools/test.ts --config test/bundle/vitest.config.ts

# Of Debian: what a clean Debian is made by.
walk: root console packages ## README's own hosts from a clean Debian by the bundle: three hosts to RUNNING; time and what was typed, beside obd's steps
	@command -v debootstrap >/dev/null || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap; } >/dev/null
	@bash tools/bench.sh
	@rm -f .data/obflow-*.tar.gz*
	@node tools/bundle.ts >/dev/null
	@exec node test/walk/main.ts

docs: setup ## write the parts of docs/ that are made of the sources: the index of codes, the table of settings
	@node tools/docs.ts

grown: root chromium packages postgresql ## lab tests, faults and strangers on what docker-compose.yml starts: a real Temporal server, PostgreSQL, two APIs, two workers
	@bash tools/grown.sh
	@node tools/test.ts --config test/grown/vitest.config.ts

lab: root packages ## test hosts until Ctrl-C: make lab HOSTS=3
	@exec node lab/cli.ts up --hosts $(HOSTS) --env .data/lab.env

serve: console ## API, worker, Temporal and store in one process, data in .data
	@MALLOC_ARENA_MAX=2 exec node --max-semi-space-size=16 src/cli.ts serve

images: root console chromium packages ## draw the pictures of docs/images, of runs on test hosts
	@OBFLOW_IMAGES=docs/images node tools/test.ts --project lab test/lab/console.test.ts
	@node test/console/images.ts

migration: setup ## write the schema's one migration anew (until a first release there is only this one)
	@rm -rf src/store/migrations
	@node_modules/.bin/drizzle-kit generate --config src/store/drizzle.config.ts --name start >/dev/null

clean: ## stop labs that were left, and remove .data
	@if [ -x .tools/bin/node ] && [ -d node_modules ]; then node lab/cli.ts down; fi
	@rm -rf .data

packages: labtools
	@node lab/cli.ts packages

# Of Debian: tests stop and start servers of their own.
postgresql: setup
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >/dev/null

mysql: setup
	@command -v mysql >/dev/null || { \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends default-mysql-client; } >/dev/null

# Said before anything is installed, not by the tenth test.
root:
	@if [ "$$(uname -s)" != Linux ] || [ "$$(id -u)" != 0 ]; then \
	  echo 'This boots test hosts (network namespaces, mounts), which takes root on Linux: use sudo.' >&2; \
	  exit 1; \
	fi

.tools/fuzz/bin/schemathesis: tools/fuzz.txt
	@python3 -m venv .tools/fuzz
	@.tools/fuzz/bin/pip install --quiet --disable-pip-version-check -r tools/fuzz.txt
	@touch $@
