#!/bin/sh
# Compile every catalogue in locale/. The .mo files are committed: a server needs no gettext tools.
set -eu
cd "$(dirname "$0")/.."
for catalogue in locale/*/LC_MESSAGES/*.po; do
    msgfmt --check --output-file="${catalogue%.po}.mo" "$catalogue"
done
