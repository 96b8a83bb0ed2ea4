#!/bin/sh
# The tests of other engines start a PostgreSQL server and Spark, which runs on Java.
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="postgresql"
command -v java >/dev/null || missing="$missing openjdk-17-jre-headless"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    echo "installing $missing"
    # shellcheck disable=SC2086 - a list of packages
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "not here: $missing (install it to test other engines)"
exit 1
