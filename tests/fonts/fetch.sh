#!/usr/bin/env bash
# Fetches free stand-ins for the official fonts into DIR (default: build/fonts), so that pages can be
# looked at and measured. Nothing of it is committed or shipped.
#   tests/fonts/fetch.sh [DIR] && BAITI_FONTS=DIR python -m pytest tests/test_layout.py
# Fandol (GPL-3 with font exception) comes from Debian's texlive-lang-chinese; 小标宋 is stood in for by
# Noto Serif CJK (apt install fonts-noto-cjk).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$here/../../build/fonts}
mkdir -p "$dir/fandol"
dir=$(cd "$dir" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get -qq download texlive-lang-chinese && dpkg -x texlive-lang-chinese*.deb x)
find "$tmp/x" -name 'Fandol*-Regular.otf' -exec cp {} "$dir/fandol/" \;
cp "$here/fonts.conf" "$dir/fonts.conf"
ls "$dir/fandol"
