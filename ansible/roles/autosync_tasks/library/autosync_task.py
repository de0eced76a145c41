#!/usr/bin/python
"""Runs one task of autosync-tasks: its outcome becomes Ansible's `changed`, `ok` or `failed`.

Check mode and diff mode are the program's own `--check` and `--diff`.
"""

from __future__ import annotations

import json
import os

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: autosync_task
short_description: Runs one task of autosync-tasks
options:
  program: {description: The autosync program., type: path, required: true}
  words: {description: The task and its flags., type: list, elements: str, required: true}
  looks: {description: Whether the task only looks and has no check mode., type: bool, default: false}
  diff: {description: Whether the task has a diff., type: bool, default: true}
"""


def main() -> None:
    """Parse, run, translate."""
    module = AnsibleModule(
        argument_spec={
            "program": {"type": "path", "required": True},
            "words": {"type": "list", "elements": "str", "required": True},
            "looks": {"type": "bool", "default": False},
            "diff": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    given = module.params
    if module.check_mode and not os.path.exists(given["program"]):
        module.exit_json(changed=True, outcome="changed", reason="the program would be installed first")
    flags = ["--json"]
    if module.check_mode and not given["looks"]:
        flags.append("--check")
    code, out, err = module.run_command([given["program"], *given["words"], *flags])
    try:
        said = json.loads(out)
    except ValueError:
        module.fail_json(msg=(err or out).strip() or f"exit code {code}", exit_code=code)
    outcome = said.get("outcome", "failed")
    reason = said.get("reason") or said.get("error") or ""
    result = {"changed": outcome == "changed", "outcome": outcome, "reason": reason, "exit_code": code}
    result["missing"] = said.get("missing", [])
    if module._diff and given["diff"] and not given["looks"]:
        text = said.get("diff") or "\n".join(f"{one['kind']} {one['path']}" for one in said.get("changes", []))
        result["diff"] = {"prepared": text + "\n" if text else ""}
    if code not in (0, 5):
        way = said.get("next_step") or said.get("hint") or ""
        module.fail_json(msg=f"{reason}; next: {way}" if way else reason, **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
