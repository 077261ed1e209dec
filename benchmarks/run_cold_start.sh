#!/bin/sh
# Cold start: from exec to the first flag to exit, ours against a bare-socket C program (the floor), the
# Go SDK and the Node SDK, on the same canned server, over HTTP and over TLS 1.3.
#
#   benchmarks/run_cold_start.sh [ROUNDS]     (200 unless told otherwise)
#
# Needs Go and Node with npm for the peers; what is missing is left out, and said so. Prints Markdown.
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-200}
build=build/bench
bin=$build/benchmarks/cold_start
peers=$build/peers/cold_start

say() { printf '%s\n' "$*" >&2; }

say "Building ..."
[ -f "$build/CMakeCache.txt" ] || cmake --preset bench >&2
cmake --build --preset bench --target canned_server floor_http floor_tls cold_lddynamo cold_lddynamo_static process_timer lddynamo_program >&2

mkdir -p "$peers/node"
have_go=false
if command -v go >/dev/null; then
    (cd benchmarks/cold_start/go && CGO_ENABLED=0 go build -o "../../../$peers/cold_go" .) >&2 && have_go=true
fi
"$have_go" || say "Without the Go SDK: go is missing, or its modules cannot be had."
have_node=false
if command -v npm >/dev/null; then
    cp benchmarks/cold_start/node/package.json benchmarks/cold_start/node/package-lock.json \
        benchmarks/cold_start/node/main.js "$peers/node/"
    if [ -d "$peers/node/node_modules" ]; then
        have_node=true
    else
        (cd "$peers/node" && npm ci --no-audit --no-fund) >&2 && have_node=true
    fi
fi
"$have_node" || say "Without the Node SDK: npm is missing, or its packages cannot be had."

# The same surroundings for all; nothing of this machine's own AWS and TLS settings.
tmp=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' INT TERM
unset AWS_PROFILE AWS_DEFAULT_REGION AWS_ENDPOINT_URL AWS_CA_BUNDLE AWS_SESSION_TOKEN SSL_CERT_DIR \
    SSL_CERT_FILE NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY http_proxy https_proxy || true
export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=example AWS_REGION=us-east-1
export LDDYNAMO_TABLE=flags AWS_EC2_METADATA_DISABLED=true AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE=1
export AWS_CONFIG_FILE="$tmp/none" AWS_SHARED_CREDENTIALS_FILE="$tmp/none"

# measure TITLE SCHEME ROUNDS PROGRAMS...: a canned server of that scheme, and the table.
measure() {
    title=$1 scheme=$2
    shift 2
    if [ "$scheme" = https ]; then
        "$bin/canned_server" --tls "$tmp" >"$tmp/port" &
    else
        "$bin/canned_server" >"$tmp/port" &
    fi
    server=$!
    while [ ! -s "$tmp/port" ]; do
        kill -0 "$server" || exit 1
        sleep 0.05
    done
    port=$(cat "$tmp/port")
    export AWS_ENDPOINT_URL_DYNAMODB="$scheme://127.0.0.1:$port"
    if [ "$scheme" = https ]; then
        export SSL_CERT_FILE="$tmp/ca.pem" NODE_EXTRA_CA_CERTS="$tmp/ca.pem"
        floor="$bin/floor_tls $port $tmp/ca.pem"
    else
        floor="$bin/floor_http $port"
    fi
    programs="floor_(C) $floor -- lddynamo $bin/cold_lddynamo -- lddynamo,_static_libc $bin/cold_lddynamo_static"
    programs="$programs -- lddynamo_eval $build/apps/lddynamo/lddynamo eval benchmark-flag --context {\"kind\":\"user\",\"key\":\"bob\"}"
    "$have_go" && programs="$programs -- Go_SDK $peers/cold_go"
    printf '\n### %s\n\n' "$title"
    # shellcheck disable=SC2086 # words on purpose: no path of ours holds a space
    "$bin/process_timer" "$rounds" $programs
    if "$have_node"; then
        # Much slower, so fewer rounds; with the floor again, as ratios are taken round by round.
        printf '\n'
        # shellcheck disable=SC2086
        "$bin/process_timer" $((rounds / 10 + 1)) "floor_(C)" $floor -- \
            lddynamo "$bin/cold_lddynamo" -- Node_SDK "$(command -v node)" "$peers/node/main.js"
    fi
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
    : >"$tmp/port"
}

measure "Cold start over HTTP" http
# Where TLS is inspected, machines name their roots for every AWS client. What is done with them before a plain
# HTTP request differs.
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -r "$bundle" ]; then
    export AWS_CA_BUNDLE="$bundle"
    with_node=$have_node have_node=false
    measure "Cold start over HTTP where AWS_CA_BUNDLE is set" http
    have_node=$with_node
    unset AWS_CA_BUNDLE
fi
measure "Cold start over TLS 1.3, certificate verified" https
