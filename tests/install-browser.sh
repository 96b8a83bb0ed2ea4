#!/bin/sh
# Tests open pages in a real browser. Where none is there and we may install one, install it.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    echo "installing chromium for the browser tests"
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "no browser found: the browser tests will be skipped (install chromium to run them)"
