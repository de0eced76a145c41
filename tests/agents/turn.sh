#!/bin/bash
# One whole turn of a real agent with the fake model, with no network but lo, in namespaces of its own:
#   turn.sh claude|codex|gemini DIR [the agent's own arguments …]
# DIR/home is its HOME, DIR/proj its folder, DIR/model.jsonl the server's log; what lies there already is kept. STEPS is
# what the model answers (@CONFIG@ is the agent's home), AGENTS_PREFIX where npm has put the agents. MODE=tui is the
# terminal program, left by LEAVE=exit|ctrlc|hup|term|kill. Nothing else of the caller's environment gets in.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${IN_TURN:-}" ]; then # a clean environment, and namespaces of its own: no network but lo
  [ $# -ge 2 ] || { sed -n 2,7p "$0" >&2; exit 2; }
  mkdir -p "$2"
  [ "$(id -u)" = 0 ] && own=-nm || own=-rnm
  exec env -i PATH="${TURN_PATH:-/usr/local/bin:/usr/bin:/bin}" LANG=C.UTF-8 TERM=xterm-256color IN_TURN=1 \
    PREFIX="$AGENTS_PREFIX" LIMIT="${TURN_LIMIT:-120}" STEPS="${STEPS:-}" \
    MODE="${MODE:-run}" LEAVE="${LEAVE:-exit}" ${TURN_ENV:-} \
    unshare $own bash -c 'ip link set lo up; exec bash "$@"' turn "$here/turn.sh" "$@"
fi

agent=$1 dir=$(cd "$2" && pwd) limit=$LIMIT url=http://127.0.0.1:4712
shift 2
export HOME=$dir/home TMPDIR=$dir/tmp TMUX_TMPDIR=$dir/tmp
mkdir -p "$HOME" "$TMPDIR" "$dir/proj"
only() { ls -d $1 2>/dev/null | head -1; }
case $agent in
claude)
  config=${CLAUDE_CONFIG_DIR:-$HOME/.claude}
  program=$(only "$PREFIX/node_modules/@anthropic-ai/claude-code-linux-*/claude")
  # IS_SANDBOX: root may skip permissions, without which no tool may write below ~/.claude
  export ANTHROPIC_BASE_URL=$url ANTHROPIC_AUTH_TOKEN=fake IS_SANDBOX=1 DISABLE_AUTOUPDATER=1
  export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1
  options=(--dangerously-skip-permissions --settings '{"skipDangerousModePermissionPrompt": true}') first=() last=(-p)
  ready='bypass permissions' quit=/exit
  # for the terminal program: no welcome, no question of trust
  [ "$MODE" = run ] || python3 - "${CLAUDE_CONFIG_DIR:-$HOME}/.claude.json" "$dir/proj" <<'P'
import json, os, sys
path, proj = sys.argv[1:]
state = json.load(open(path)) if os.path.exists(path) else {}
state |= {"hasCompletedOnboarding": True, "theme": "dark"}
state.setdefault("projects", {}).setdefault(proj, {})["hasTrustDialogAccepted"] = True
json.dump(state, open(path, "w"))
P
  ;;
codex)
  export CODEX_HOME=${CODEX_HOME:-$HOME/.codex}
  config=$CODEX_HOME
  program=$(only "$PREFIX/node_modules/@openai/codex-linux-*/vendor/*/bin/codex")
  options=(-c 'model="fake-1"' -c 'model_provider="fake"' -c check_for_update_on_startup=false -c analytics.enabled=false
    -c "model_providers.fake={name=\"Fake\", base_url=\"$url/v1\", wire_api=\"responses\", request_max_retries=0}"
    -c "projects={\"$dir/proj\"={trust_level=\"trusted\"}}" -c features.daemon_auto_start=false
    --dangerously-bypass-approvals-and-sandbox)
  first=(exec --skip-git-repo-check) last=() ready='Ask Codex' quit=/quit
  ;;
gemini)
  config=${GEMINI_CLI_HOME:-$HOME}/.gemini
  program=$(only "$PREFIX/node_modules/.bin/gemini")
  export GEMINI_API_KEY=fake GOOGLE_GEMINI_BASE_URL=$url GEMINI_TELEMETRY_ENABLED=false
  # the way to log in, without touching the person's settings.json: the system's, which must not lie below /tmp
  mount -t tmpfs -o mode=755 turn /srv
  echo '{"security": {"auth": {"selectedType": "gemini-api-key"}}}' >/srv/system.json
  export GEMINI_CLI_SYSTEM_SETTINGS_PATH=/srv/system.json
  options=(-m gemini-2.5-pro --yolo --skip-trust) first=(--include-directories "$config") last=(-p)
  ready='Type your message' quit=/quit
  ;;
*) echo "no such agent: $agent" >&2 && exit 2 ;;
esac
[ -n "$program" ] || { echo "$agent is not below $PREFIX" >&2; exit 77; }
mkdir -p "$config"

sed "s#@CONFIG@#$config#g; s#@HOME@#$HOME#g; s#@PROJ@#$dir/proj#g" "$STEPS" >"$dir/steps.json"
FAKE_SECONDS=$((limit + 60)) python3 "$here/fake_model.py" 4712 "$dir/steps.json" "$dir/model.jsonl" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
until (exec 3<>/dev/tcp/127.0.0.1/4712) 2>/dev/null; do kill -0 $server && sleep .1; done
cd "$dir/proj"
prompt="Do the steps."

if [ "$MODE" = run ]; then
  code=0
  timeout "$limit" "$program" "${first[@]}" "${options[@]}" "$@" "${last[@]}" "$prompt" </dev/null || code=$?
else # the terminal program, in tmux; it is left by LEAVE=exit|ctrlc|hup|term|kill
  tmux() { command tmux -L turn -f /dev/null "$@"; }
  shows() { for _ in $(seq 120); do tmux capture-pane -p | grep -q "$1" && return; sleep .5; done; return 1; }
  tmux new-session -d -x 110 -y 40 "exec $(printf '%q ' "$program" "${options[@]}" "$@")"
  pid=$(tmux list-panes -F '#{pane_pid}') code=0
  shows "$ready" && sleep 2 && tmux send-keys -l "$prompt" && sleep 1 && tmux send-keys Enter && shows 'All done' || code=1
  sleep 2
  tmux capture-pane -p | grep -v '^ *$' || true
  case $LEAVE in
  exit) tmux send-keys -l $quit && sleep 1 && tmux send-keys Enter ;;
  ctrlc) tmux send-keys C-c && sleep .5 && tmux send-keys C-c 2>/dev/null || true ;;
  hup) tmux kill-session ;;
  term | kill) kill -"${LEAVE^^}" "$pid" ;;
  esac
  for _ in $(seq 80); do kill -0 "$pid" 2>/dev/null || break; sleep .25; done
  kill -KILL $(pgrep -P "$pid") "$pid" 2>/dev/null && code=124 # it did not go
  tmux kill-server 2>/dev/null || true
fi
exit $code
