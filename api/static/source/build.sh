#!/bin/sh
# Rebuild api/static/signpost.css, staff.css and page.js. Needs Node; nothing at run time does.
# Usage: api/static/source/build.sh   (from anywhere; works in a temporary folder)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --ignore-scripts govuk-frontend@6.3.0 sass@1.108.2 esbuild@0.28.2 >/dev/null
node node_modules/esbuild/install.js
for name in signpost staff; do
  ./node_modules/.bin/sass --no-source-map --no-error-css --style=compressed --quiet-deps \
    --load-path=node_modules/govuk-frontend/dist "$here/$name.scss" "$here/../$name.css"
done
NODE_PATH="$work/node_modules" ./node_modules/.bin/esbuild "$here/page.js" --bundle --minify --format=esm \
  --target=es2020 --legal-comments=inline --outfile="$here/../page.js"
wc -c "$here/../signpost.css" "$here/../staff.css" "$here/../page.js"
