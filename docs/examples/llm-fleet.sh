#!/usr/bin/env bash
# A fleet on one machine: two servers with the small model, a router before them, and what happens to
# conversations when one server is drained and the other killed. Needs curl; takes half a minute.
#
#   docs/examples/llm-fleet.sh [COMMAND]
#
# COMMAND starts a server: ./touchstone llm serve.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
serve=${1:-./touchstone llm serve}
a=http://127.0.0.1:${PORT_A:-7711} b=http://127.0.0.1:${PORT_B:-7712} router=http://127.0.0.1:${PORT:-7710}
work=$(mktemp -d)
pids=()
finish() {
  kill "${pids[@]}" 2>/dev/null || :
  rm -rf "$work"
}
trap finish EXIT

start() { # start <url> <option>…
  $serve --port "${1##*:}" "${@:2}" >"$work/${1##*:}.log" 2>&1 &
  pids+=($!)
}

await() { # await <url>: until it serves
  for _ in {1..150}; do
    if curl -fs -o /dev/null "$1/health"; then return; fi
    sleep 0.2
  done
  cat "$work/${1##*:}.log" >&2
  exit 1
}

ask() { # ask <session> <JSON>: through the router
  curl -sN "$router/v1/chat/completions" -H 'content-type: application/json' -H "x-session-id: $1" -d "$2"
}

conversation() { # conversation <number> <turns>: what was said until now, and the next question
  local asked=('What is TTFT?' 'What is a KV cache?' 'What does a scheduler do?') i
  printf '{"model": "touchstone-small", "temperature": 0, "max_completion_tokens": 24, "messages": ['
  printf '{"role": "system", "content": "You explain terms of LLM serving to engineer %d, in a sentence or two."}' "$1"
  for ((i = 0; i < $2; i++)); do
    printf ', {"role": "user", "content": "%s"}' "${asked[i]}"
    if ((i < $2 - 1)); then printf ', {"role": "assistant", "content": "That was explained before."}'; fi
  done
  printf ']}'
}

standing() {
  { curl -s "$router/fleet" && echo; } | tr '{' '\n' |
    sed -nE 's/.*"url":"([^"]*)","state":"([a-z]*)".*"requests":([0-9]*),"failures":([0-9]*).*/  \1 \2: \3 requests, \4 failures/p'
}

hits() { # prompt tokens asked for, and those that were in the cache
  local url
  for url in "$a" "$b"; do
    curl -s "$url/metrics" |
      sed -nE 's/^vllm:prefix_cache_(queries|hits)_total[^}]*} ([0-9]*)$/\1 \2/p' |
      awk -v url="$url" '{ n[$1] = $2 } END { printf "  %s: %d of %d prompt tokens from the cache\n", url, n["hits"], n["queries"] }'
  done
}

start "$a"
start "$b"
await "$a"
await "$b"
start "$router" --upstream "$a" --upstream "$b"
await "$router"

echo '12 conversations of 3 turns'
for turn in 1 2 3; do
  for session in {1..12}; do
    ask "s$session" "$(conversation "$session" "$turn")" >/dev/null
  done
done
standing
hits

echo "drain $a, then ask 6 of them again"
curl -s -o /dev/null "$router/fleet/drain" -H 'content-type: application/json' -d "{\"upstream\": \"$a\"}"
for session in {1..6}; do ask "s$session" "$(conversation "$session" 3)" >/dev/null; done
standing
curl -s -o /dev/null -X DELETE "$router/fleet/drain?upstream=$a"

echo "drain $b, kill $a in the middle of a stream"
curl -s -o /dev/null "$router/fleet/drain" -H 'content-type: application/json' -d "{\"upstream\": \"$b\"}"
ask s1 '{"model": "touchstone-small", "stream": true, "n": 16, "temperature": 2, "max_completion_tokens": 400,
  "messages": [{"role": "user", "content": "What is TTFT?"}]}' >"$work/stream" &
stream=$!
until [ -s "$work/stream" ]; do sleep 0.01; done
{ kill -9 "${pids[0]}" && wait "${pids[0]}"; } 2>/dev/null || :
wait "$stream" || echo "  curl ends with code $?, after"
tail -n 2 "$work/stream" | sed -E '/^$/d; s/^/  /'
curl -s -o /dev/null -X DELETE "$router/fleet/drain?upstream=$b"

echo 'ask 6 of them again'
for session in {1..6}; do
  ask "s$session" "$(conversation "$session" 3)" | grep -o '"completion_tokens":[0-9]*' | sed 's/^/  /'
done
sleep 1 # three scrapes
standing
curl -s "$router/metrics" | sed -n 's/^touchstone_router_re/  touchstone_router_re/p' | head -n 2
