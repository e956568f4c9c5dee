# Every command a person needs. `make run` is the whole product on this machine; CI runs `make check`, then `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --no-input
# pip's progress without its remarks on what is there already.
BRIEFLY := { grep --line-buffered -vE '^(Requirement already satisfied|Looking in)' || true; }
ARGS ?=
PAGES := README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs
# All tests are spread over the cores, a file at a time; what is asked for by name runs in one process and may print.
IN_PARALLEL := -n auto --maxprocesses 4 --dist loadfile
SPREAD = $(if $(strip $(ARGS)),,$(IN_PARALLEL) --file-times=.file-times.toml)
LOCK = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"
IMAGE = gatehouse:$(or $(TAG),latest)

.PHONY: help setup setup-test run password mfa token audit backup restore scenario replay labels test coverage check security format schema dashboards bench peers lock image image-check sbom

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed  ## the virtual environment with what the product needs

PROVIDER := tests/oidc/node_modules/.installed
BIOME := frontend/node_modules/.bin/biome
setup-test: $(VENV)/.installed-test $(if $(shell command -v npm),$(PROVIDER))  ## and with what its tests need
	@sh .ci/system-packages chromium

run: setup  ## start everything here and print where to log in; Ctrl-C stops it
	@$(PY) -m stack

password: setup  ## a new password for the local administrator
	@$(PY) -m stack password

token: setup  ## make token NAME=shop SCOPE=ingest SERVICE=shop: let a machine in (scopes: ingest, score, read, admin; SERVICE: report for these only)
	@$(PY) -m stack token create --name "$(NAME)" --scope $(or $(SCOPE),ingest) $(foreach one,$(SERVICE),--service "$(one)")

audit: setup  ## prove that no row of the audit log was altered, removed or reordered
	@$(PY) -m stack audit

mfa: setup  ## forget the local administrator's second factors; the next login sets up new ones
	@$(PY) -m stack mfa

backup: setup  ## make backup FILE=gatehouse.dump: one consistent snapshot of everything, while it runs
	@$(PY) -m stack backup "$(FILE)"

restore: setup  ## make restore FILE=gatehouse.dump OVER=--over: put a snapshot in place of what there is
	@$(PY) -m stack restore "$(FILE)" $(OVER)

scenario: setup  ## make scenario NAME=fraud-spike MINUTES=5: disturb the running stack
	@$(PY) -m simulator scenario $(NAME) --minutes $(or $(MINUTES),5)

replay: setup  ## make replay KIND=access FILE=access.log SPEED=max: real files through the same entrance
	@$(PY) -m simulator replay $(KIND) $(FILE) --speed $(or $(SPEED),max)

labels: setup  ## make labels FILE=chargebacks.csv SOURCE=chargeback: what transactions really were; ARGS="--yes --unmatched ids.csv"
	@$(PY) -m simulator labels $(FILE) $(if $(SOURCE),--source $(SOURCE)) $(ARGS)

test: setup-test  ## all tests; ARGS="tests/unit -k name" narrows them
	@$(PY) -m pytest $(SPREAD) $(ARGS)

coverage: setup-test  ## lines and branches that unit and integration tests reach, by room, against the floors
	@$(PY) -m pytest $(IN_PARALLEL) --cov --cov-report=json:.coverage.json $(or $(ARGS),tests/unit tests/integration)
	@$(PY) -m tests.coverage_floors .coverage.json

check: setup-test $(BIOME)  ## format, lint, types and import contracts; no test
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(BIOME) check --error-on-warnings
	@$(VENV)/bin/djlint --quiet --lint console/templates api/static
	@$(VENV)/bin/mdformat --check $(PAGES)
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

security: setup-test $(VENV)-security/.installed  ## known vulnerabilities, mistakes in the code, open ends of the deployment files
	@$(PY) -m deploy.security

format: setup-test $(BIOME)  ## rewrite the code, styles and pages in the house's format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@$(BIOME) check --write
	@$(VENV)/bin/mdformat $(PAGES)

schema: setup-test  ## write sql/schema.sql from the migrations
	@$(PY) -m tests.schema

dashboards: setup  ## write Grafana's dashboard from the code beside the metrics
	@$(PY) -m deploy.grafana

lock: setup-test  ## lock what the images install, with hashes, for every Python they may have
	@grep -v 'for the local stack' requirements.txt | $(LOCK) - --output-file requirements.lock
	@$(LOCK) requirements-aws.txt --constraints requirements.lock --output-file requirements-aws.lock

image:  ## the image of every process; AWS=1 adds the client of Amazon ECS, TAG=1.2 names it
	@docker build $(if $(AWS),--build-arg AWS=$(AWS)) -t $(IMAGE) .

image-check: image  ## build it a second time from nothing and compare the layers
	@docker build --no-cache $(if $(AWS),--build-arg AWS=$(AWS)) -t $(IMAGE)-again . >/dev/null
	@test "$$(docker inspect -f '{{json .RootFS.Layers}}' $(IMAGE))" = "$$(docker inspect -f '{{json .RootFS.Layers}}' $(IMAGE)-again)" \
	  && echo "the same layers twice: $$(docker inspect -f '{{json .RootFS.Layers}}' $(IMAGE) | sha256sum | cut -c1-64)"

sbom: setup  ## what is installed in the image, as CycloneDX JSON in sbom.json
	@made=$$(docker create $(IMAGE)) && docker export $$made | $(PY) -m deploy.sbom > sbom.json; docker rm $$made >/dev/null
	@echo "sbom.json: $$($(PY) -c 'import json; print(len(json.load(open("sbom.json"))["components"]))') components"

peers: $(VENV)-peers/.installed  ## the peers of the statistics benchmarks, in an environment of their own

bench: $(VENV)/.installed-bench peers  ## every benchmark against its peer; ARGS=scoring runs one
	@$(PY) -m bench $(ARGS)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Gatehouse needs Python 3.11 or newer; set PYTHON=/path/to/python3.11." >&2; exit 2; }
	@echo "Making the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python cannot make virtual environments here; install its venv package (python3-venv)." >&2; exit 2; }

$(VENV)/.installed: requirements.txt | $(PY)
	@echo "Installing what Gatehouse needs (once, some 250 MB)"
	@$(PIP) -r requirements.txt | $(BRIEFLY)
	@touch $@

$(VENV)/.installed-test: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need (once)"
	@$(PIP) -r requirements-dev.txt | $(BRIEFLY)
	@$(PY) -c "import matplotlib.font_manager"  # it asks the system for its fonts once, which no unit test may do
	@touch $@

$(BIOME): frontend/package-lock.json
	@sh .ci/system-packages npm
	@echo "Installing the formatter of JavaScript and CSS (once)"
	@npm ci --prefix frontend --omit=dev --silent --no-audit --no-fund && touch $@

$(PROVIDER): tests/oidc/package-lock.json
	@echo "Installing the OpenID provider that the login is tested against (once)"
	@npm ci --prefix tests/oidc --silent --no-audit --no-fund && touch $@ \
	  || echo "npm could not install it; the test of the whole OpenID login will be skipped."

$(VENV)-peers/.installed: requirements-peers.txt
	@echo "Installing Evidently and NannyML for the benchmarks (once, some 2.3 GB)"
	@test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	@$(VENV)-peers/bin/python -m pip install --disable-pip-version-check --no-input -r requirements-peers.txt | $(BRIEFLY)
	@touch $@

$(VENV)-security/.installed: requirements-security.txt
	@echo "Installing bandit, pip-audit and checkov (once)"
	@test -x $(VENV)-security/bin/python || $(PYTHON) -m venv $(VENV)-security
	@$(VENV)-security/bin/python -m pip install --disable-pip-version-check --no-input -r requirements-security.txt | $(BRIEFLY)
	@touch $@

$(VENV)/.installed-bench: requirements-bench.txt $(VENV)/.installed-test
	@echo "Installing the peers that the benchmarks measure against (once)"
	@$(PIP) -r requirements-bench.txt | $(BRIEFLY)
	@touch $@
