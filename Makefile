# Every target is an npm script or a command of the project; `make help` lists them.
.DEFAULT_GOAL := help
NODE_MODULES := node_modules/.package-lock.json

.PHONY: help setup packages build check test lab bench docs clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(NODE_MODULES): package.json package-lock.json
	npm ci --ignore-scripts
	@touch $@

setup: $(NODE_MODULES) ## install the npm packages of the lockfile

packages: ## install the Debian packages that labs and tests use (root)
	scripts/packages.sh

build: setup ## bin/holdfast and the library in dist/
	npm run build

check: setup ## format, lint, walls, types, unit tests, dead code
	npm run check

test: setup ## everything that proves something; ends with "N passed, N failed"
	scripts/packages.sh
	node scripts/test.mjs

lab: build ## two routers and a client on this machine: watch an address fail over
	scripts/packages.sh lab
	bin/holdfast lab

bench: build ## side by side with keepalived, in one run
	scripts/packages.sh
	node scripts/bench.mjs

docs: setup ## write the generated reference and man page
	npm run docs

clean: ## remove what was built
	rm -rf dist bin/holdfast native/build coverage
