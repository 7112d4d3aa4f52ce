# Board Report on Debian 12 or 13. Only make, python3 and apt-get need be there beforehand.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo setup serve test test-fast soak check lock debian debian-tests

# A force’s network may have an authority of its own, which Debian knows and uv would not.
export UV_SYSTEM_CERTS ?= 1
# Tests start many processes, each of which would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
STAMPS := var/stamps
PYTHON := .venv/bin/python
UV := $(or $(shell uv --version >/dev/null 2>&1 && command -v uv),var/tools/uv/bin/uv)
# Whoever has installed the tests’ requirements keeps them.
LOCK := $(if $(wildcard .venv/bin/pytest),requirements-dev.lock,requirements.lock)
NODE_MODULES := node_modules/.package-lock.json
STYLESHEET := var/build/board.css
PYTEST = $(PYTHON) -m pytest -n 2 --dist worksteal --durations 15 --durations-min 1
PLAIN := $(wildcard $(addprefix units/,quarters.py terms.py measures.py spc.py content.py \
	disclosure.py revisions.py breaks.py series.py text.py rights.py sheets/*.py) \
	$(addprefix boardreport/,charts/*.py prose.py))

help:  ## list what make can do here
	sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: setup serve  ## set up the demonstration and serve it; PORT=8000

setup: $(STAMPS)/python $(STAMPS)/static  ## install what is missing, load the demonstration
	$(PYTHON) manage.py migrate --no-input --verbosity 0
	$(PYTHON) manage.py demo

serve:  ## serve what was set up, at 127.0.0.1; PORT=8000
	echo "Board Report is at http://127.0.0.1:$(PORT)/ until you press Ctrl+C."
	# pages, and the worker that publishes in the background: where one ends, both do
	trap 'kill $$(jobs -p) 2>/dev/null || true; wait' EXIT
	trap 'exit 0' INT TERM
	$(PYTHON) -m gunicorn boardreport.wsgi --bind 127.0.0.1:$(PORT) \
		--forwarder-headers '' --forwarded-allow-ips '' \
		--workers 2 --threads 4 --no-control-socket --log-level warning &
	$(PYTHON) manage.py db_worker --verbosity 0 &
	wait -n

test: debian-tests $(STAMPS)/python-dev $(STYLESHEET)  ## every test, on SQLite and on PostgreSQL
	papers=$$(mktemp -d)
	trap 'rm -rf "$$papers"' EXIT
	echo "Every test, on SQLite …"
	$(PYTEST) --papers="$$papers"
	echo "Every test to which the database matters, on PostgreSQL …"
	$(PYTHON) -m tests.postgresql $(PYTEST) --papers="$$papers" \
		-m "database and not browser and not portable"

test-fast: $(STAMPS)/python-dev $(STYLESHEET)  ## tests without database, browser or process, in a minute
	$(PYTEST) -m "not database and not browser and not slow"

soak: debian-tests $(STAMPS)/python-dev $(STYLESHEET)  ## hours of killed and simultaneous publishing, on both at once
	$(PYTHON) -m pytest --soak -m soak -s & sqlite=$$!
	$(PYTHON) -m tests.postgresql $(PYTHON) -m pytest --soak -m soak -s & postgresql=$$!
	failed=0
	wait $$sqlite || failed=1
	wait $$postgresql || failed=1
	exit $$failed

check: $(STAMPS)/python-dev  ## style, types and the laws of the house
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy $(PLAIN)
	.venv/bin/lint-imports

lock: | $(UV)  ## compile both lock files anew from pyproject.toml
	compile="$(UV) pip compile --quiet --universal --generate-hashes --no-header \
		--python-version $$(cat .python-version)"
	$$compile pyproject.toml --output-file requirements.lock
	$$compile pyproject.toml --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock

# Python: uv makes .venv and fills it from a lock file; it never writes one of its own.
$(UV): | debian
	echo "Installing uv …"
	python3 -m venv --clear var/tools/uv
	var/tools/uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/pyvenv.cfg: .python-version | $(UV)
	echo "Making .venv …"
	$(UV) venv --quiet --allow-existing --python "$$(cat .python-version)" .venv

define install-python
	echo "Installing Python packages …"
	$(UV) pip sync --quiet --python $(PYTHON) --require-hashes $(1)
	mkdir -p $(STAMPS)
endef

$(STAMPS)/python: $(LOCK) .venv/pyvenv.cfg | debian
	$(call install-python,$(LOCK))
	touch $@

$(STAMPS)/python-dev: requirements-dev.lock .venv/pyvenv.cfg | debian
	$(call install-python,requirements-dev.lock)
	touch $@ $(STAMPS)/python

# The stylesheet, and the files that a page asks for under names with a hash.
$(NODE_MODULES): package.json package-lock.json .npmrc | debian
	echo "Installing npm packages …"
	npm ci --no-audit --no-fund --silent
	touch $@

$(STYLESHEET): $(wildcard static/*.scss static/*/*.scss) $(NODE_MODULES)
	echo "Building the stylesheet …"
	npm run --silent build
	touch $@

$(STAMPS)/static: $(shell find static -type f) $(STYLESHEET) $(STAMPS)/python
	echo "Collecting static files …"
	$(PYTHON) manage.py collectstatic --no-input --verbosity 0
	touch $@

# Debian’s packages, and only those that are missing; the tests’ PostgreSQL starts from its
# programs alone, so that Debian is asked not to make and start a server of its own.
define apt-get
	missing=()
	for package in $$packages; do
		dpkg-query -W -f='$${db:Status-Status}\n' "$$package" 2>/dev/null | grep -qx installed ||
			missing+=("$$package")
	done
	if [ $${#missing[@]} -gt 0 ]; then
		line="apt-get update && apt-get install --yes --no-install-recommends $${missing[*]}"
		if [ "$$(id -u)" = 0 ]; then root=()
		elif command -v sudo >/dev/null; then root=(sudo)
		else
			echo "Some Debian packages are missing. Run as root, then make again:" >&2
			echo "  $$line" >&2
			exit 1
		fi
		echo "Installing Debian packages: $${missing[*]} …"
		run() { "$${root[@]}" env DEBIAN_FRONTEND=noninteractive "$$@" >/dev/null; }
		run apt-get update -qq
		if [[ " $${missing[*]} " = *" postgresql "* ]]; then
			run apt-get install --yes -qq --no-install-recommends postgresql-common
			run sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' \
				/etc/postgresql-common/createcluster.conf
		fi
		run apt-get install --yes -qq --no-install-recommends "$${missing[@]}"
	fi
endef

debian:
	packages="libpango-1.0-0 libpangoft2-1.0-0 fonts-liberation"
	command -v node >/dev/null && command -v npm >/dev/null || packages+=" nodejs npm"
	python3 -c 'import ensurepip' 2>/dev/null || $(UV) --version >/dev/null 2>&1 ||
		packages+=" python3-venv"
	$(apt-get)

debian-tests: debian
	packages="chromium libatomic1"  # the second for Playwright’s driver
	{ ls /usr/lib/postgresql/*/bin/initdb || command -v initdb; } >/dev/null 2>&1 ||
		packages+=" postgresql"
	$(apt-get)
