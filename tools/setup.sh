#!/bin/sh
# What the Makefile needs from the system: `setup.sh venv PYTHON DIR` makes the environment, `setup.sh system`
# installs LibreOffice, Gnumeric, Chromium, fonts and a virtual screen. Packages are only installed by root on Debian.
set -eu

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

install() {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

case "${1:-}" in
venv)
    python=$2 dir=$3
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "需要 Python 3.11 或更新的版本（现在的 $python 不是）。" >&2
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if can_install; then
            install python3-venv python3-pip
        else
            echo "Python 缺少 venv：请先安装（Debian：apt install python3-venv）。" >&2
            exit 1
        fi
    fi
    [ -x "$dir/bin/python" ] || "$python" -m venv "$dir"
    ;;
system)
    missing=""
    command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc libreoffice-writer"
    [ -e /usr/lib/python3/dist-packages/uno.py ] || missing="$missing python3-uno libreoffice-script-provider-python"
    command -v ssconvert >/dev/null 2>&1 || missing="$missing gnumeric"
    command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
    command -v Xvfb >/dev/null 2>&1 || missing="$missing xvfb"
    command -v xdotool >/dev/null 2>&1 || missing="$missing xdotool"
    command -v import >/dev/null 2>&1 || missing="$missing imagemagick"
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    command -v fc-list >/dev/null 2>&1 || missing="$missing fontconfig"
    fc-list 2>/dev/null | grep -q "Noto Serif CJK" || missing="$missing fonts-noto-cjk"
    if [ -n "$missing" ]; then
        if can_install; then
            # shellcheck disable=SC2086
            install $missing
        else
            echo "没有安装：$missing。需要它们的测试会跳过并说明原因。" >&2
        fi
    fi
    if [ ! -d build/fonts/fandol ] && can_install; then
        apt-get update -qq
        bash tests/fonts/fetch.sh build/fonts >/dev/null || echo "没有取到字体，量版面的测试会跳过。" >&2
    fi
    ;;
*)
    echo "用法：setup.sh venv PYTHON DIR | system" >&2
    exit 2
    ;;
esac
