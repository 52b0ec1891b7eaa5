#!/bin/sh
# Brings what the tests need beside Python: a Chromium, Japanese fonts, Java for the HTML checker, and the programs that
# read deploy/.
set -eu

missing() {
    for command in chromium java openssl systemd-analyze nginx caddy; do
        PATH="$PATH:/usr/sbin:.venv/debian/usr/sbin:.venv/debian/usr/bin" command -v "$command" >/dev/null || echo "$command"
    done
    fc-list 2>/dev/null | grep -q "Noto Sans CJK" || echo fonts
}

if [ -n "$(missing)" ] && command -v apt-get >/dev/null; then
    root=""
    [ "$(id -u)" -eq 0 ] || root="sudo -n"
    export DEBIAN_FRONTEND=noninteractive
    $root apt-get update -qq &&
        $root apt-get install -y -qq --no-install-recommends \
            chromium default-jre-headless fontconfig fonts-noto-cjk openssl systemd >/dev/null || true
    # Only unpacked: installed, a web server begins to serve on this machine.
    for server in $(missing | grep -x -e nginx -e caddy); do
        (mkdir -p .venv/debian && cd .venv/debian && apt-get download -qq "$server" && dpkg-deb -x "$server"_*.deb .) || true
    done
fi

if ! command -v chromium >/dev/null; then
    .venv/bin/playwright install chromium || true
    .venv/bin/python - <<'PYTHON' || {
import pathlib, playwright.sync_api as api
with api.sync_playwright() as playwright:
    raise SystemExit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
        echo "The browser tests need Chromium. Install it, then run make test again:" >&2
        echo "  Debian, Ubuntu: sudo apt-get install chromium" >&2
        echo "  others:         .venv/bin/playwright install chromium" >&2
        exit 1
    }
fi
if ! command -v java >/dev/null; then
    echo "The HTML checker needs Java 11 or newer. Install it, then run make test again:" >&2
    echo "  Debian, Ubuntu: sudo apt-get install default-jre-headless" >&2
    echo "  macOS:          brew install openjdk" >&2
    exit 1
fi
